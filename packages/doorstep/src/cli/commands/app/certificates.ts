import { command, text } from '../../command.ts'
import type { Application } from '../../registration/application.ts'
import {
  hasThumbprint,
  keptCertificates,
  keyCredentialOf,
  readCertificateFile,
  thumbprintOf,
} from '../../registration/certificate-file.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { findCredential } from '../../registration/secret.ts'
import { reportChange } from './report-change.ts'

export const addCertificate = command({
  summary: 'let the application prove itself by a certificate',
  description: 'Only the certificate is sent; a private key in the same file stays where it is.',
  arguments: [applicationArgument, { form: '<file>', help: 'the certificate: PEM or DER (.cer, .crt)' }],
  options: { description: text('TEXT', 'what it is called (default: its subject)'), ...directoryOptions },
  examples: [
    'doorstep app add-certificate my-app certificate.pem',
    'doorstep app add-certificate my-app certificate.cer --description build-server',
  ],
  async run(options, io, [wanted = '', path = '']) {
    const { terminal } = io
    const file = await readCertificateFile(path)
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const thumbprint = thumbprintOf(file)
    const kept = application.keyCredentials ?? []
    const isThere = kept.some((certificate) => hasThumbprint(certificate, thumbprint))
    const added = keyCredentialOf(file, options.description)
    if (file.holdsPrivateKey) terminal.note(`${path} holds a private key too. It was not sent, and is for nobody else.`)
    if (!isThere) {
      await graph.patch(`/applications/${application.id}`, { keyCredentials: [...keptCertificates(kept), added] })
    }
    const expires = new Date(file.certificate.validTo).toISOString()
    if (Date.parse(expires) <= (await graph.now())) terminal.note(`It ended at ${expires}: nobody takes it any more.`)
    const lines = isThere ? [] : [`Added ${added.displayName} (${thumbprint}), good until ${expires}.`]
    reportChange(application, { status: 'added', lines, facts: { thumbprint, expires } }, options.json, terminal)
  },
})

export const removeCertificate = command({
  summary: 'take a certificate away',
  arguments: [applicationArgument, { form: '<certificate>', help: 'its id, thumbprint or description' }],
  options: directoryOptions,
  examples: ['doorstep app remove-certificate my-app CN=build-server'],
  async run(options, io, [wanted = '', named = '']) {
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const { keyId, displayName } = findCertificate(application, named)
    const rest = (application.keyCredentials ?? []).filter((certificate) => certificate.keyId !== keyId)
    await graph.patch(`/applications/${application.id}`, { keyCredentials: keptCertificates(rest) })
    const lines = [`Removed the certificate ${displayName ?? keyId}.`]
    reportChange(application, { status: 'removed', lines, facts: { keyId } }, options.json, io.terminal)
  },
})

function findCertificate({ keyCredentials = [] }: Application, named: string) {
  const thumbprint = named.replaceAll(':', '')
  const byThumbprint = /^[\da-f]{40}$/i.test(thumbprint)
    ? keyCredentials.find((certificate) => hasThumbprint(certificate, thumbprint))
    : undefined
  return byThumbprint ?? findCredential(keyCredentials, named, 'certificate')
}
