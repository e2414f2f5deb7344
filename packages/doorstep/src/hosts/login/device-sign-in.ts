import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LoginParts } from './login-parts.ts'
import { beginVisit } from './sign-in/begin.ts'
import { showDeviceCode } from './sign-in/device-code-step.ts'

interface DeviceSignInRoute {
  Querystring: { otc?: string }
}

/** https://microsoft.com/devicelogin, and /common/oauth2/deviceauth where it leads: a person types a device's code. */
export function deviceSignInRoutes(app: FastifyInstance, parts: LoginParts): void {
  const begin = async (request: FastifyRequest<DeviceSignInRoute>, reply: FastifyReply) => {
    const visit = await beginVisit(request, reply, { kind: 'device', userCode: undefined }, parts)
    const { otc } = request.query
    // Followed from a link, so the code is only filled in: the person says that it is his.
    return showDeviceCode(visit, parts, typeof otc === 'string' ? { code: otc.slice(0, 32) } : {})
  }
  app.get<DeviceSignInRoute>('/devicelogin', begin)
  app.get<DeviceSignInRoute>('/common/oauth2/deviceauth', begin)
}
