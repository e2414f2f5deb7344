import { request } from 'node:https'

export interface Cloud {
  readonly url: string
  readonly ca: string
  readonly tenantId: string
}

interface Answer {
  readonly status: number
  readonly body: { readonly access_token?: string }
}

/** An access token for Microsoft Graph that a client gets with its secret. */
export async function clientToken(cloud: Cloud, clientId: string, clientSecret: string): Promise<string> {
  const { status, body } = await post(cloud, `/${cloud.tenantId}/oauth2/v2.0/token`, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  })
  if (status !== 200 || !body.access_token) throw new Error(`No token: ${status} ${JSON.stringify(body)}`)
  return body.access_token
}

function post({ url, ca }: Cloud, path: string, form: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const sent = request(new URL(path, url), { method: 'POST', ca, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) })
    })
    sent.on('error', reject)
    sent.end(new URLSearchParams(form).toString())
  })
}
