/** Gets a token for itself, and says what the run has given it. */
const answer = await fetch('https://login.microsoftonline.com/contoso.example/oauth2/token', {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: '3c1e7a52-8f0b-4d69-a7c4-5b2d9e6f1a08',
    client_secret: process.argv[2],
    resource: '3c1e7a52-8f0b-4d69-a7c4-5b2d9e6f1a08',
  }),
})
const { HTTPS_PROXY: proxy, DOORSTEP_DATA: dataDirectory } = process.env
console.log(JSON.stringify({ proxy, dataDirectory, answer: await answer.json() }))
process.exitCode = answer.ok ? 0 : 7
