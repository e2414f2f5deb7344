/**
 * A user's program with the built package: prints where tokens are kept, and the token of a profile's login for the
 * scopes of its first argument (JSON), or why there is none.
 */
import { fileStore, ProfileCredential } from '../../../../client/dist/index.js'

const { path } = await fileStore()
const outcome = await new ProfileCredential().getToken(JSON.parse(process.argv[2])).then(
  ({ token }) => ({ token }),
  ({ name, message }) => ({ name, message }),
)
process.stdout.write(`${JSON.stringify({ path, ...outcome })}\n`)
