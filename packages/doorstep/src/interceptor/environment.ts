import { join } from 'node:path'
import type { BrowserProgram } from './browser-program.ts'
import type { ChildFiles } from './child-files.ts'
import { javaTrustStorePassword } from './java-trust-store.ts'
import type { UpstreamSettings } from './upstream-proxy.ts'

export { type ChildFiles, type ChildFilesOptions, writeChildFiles } from './child-files.ts'
export { type Shell, shellExports } from './shell-exports.ts'

export interface ChildEnvironmentOptions {
  /** The environment that `doorstep run` was started with. It is not changed. */
  readonly inherited: NodeJS.ProcessEnv
  /** Port of this run's proxy on 127.0.0.1. */
  readonly proxyPort: number
  /** Port on 127.0.0.1 where TLS is spoken for the intercepted names; Node children connect to it directly. */
  readonly tlsPort: number
  readonly files: ChildFiles
  /** Patterns of the intercepted hosts. */
  readonly hosts: readonly string[]
  /** The data folder of the local cloud, which `doorstep` commands inside the run take as theirs. */
  readonly dataDirectory: string
  /** Variables that lead sign-in pages to a program of ours. Without them the child's browser stays what it was. */
  readonly browser?: BrowserProgram['environment'] | undefined
  /** How far the local cloud's clock is ahead of the machine's. */
  readonly clockOffsetMilliseconds: number
}

/**
 * Removed in any spelling before ours are set. An inherited NO_PROXY would switch interception off silently, an
 * HTTP_PROXY would catch the redirects that sign-in libraries wait for on http://localhost, and with SSL_CERT_DIR curl
 * no longer reads SSL_CERT_FILE.
 */
const removedVariables = new Set(['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy', 'ssl_cert_dir'])

/** The environment in which an unmodified program finds the local cloud under the real names, and trusts it. */
export function childEnvironment(options: ChildEnvironmentOptions): NodeJS.ProcessEnv {
  const { inherited, proxyPort, tlsPort, files, hosts, dataDirectory, browser, clockOffsetMilliseconds } = options
  const kept = Object.entries(inherited).filter(([name]) => !removedVariables.has(name.toLowerCase()))
  const proxy = `http://127.0.0.1:${proxyPort}`
  const direct = 'localhost,127.0.0.1,::1'
  return {
    ...Object.fromEntries(kept),
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    NO_PROXY: direct,
    no_proxy: direct,
    ...trustVariables(files),
    // Patched builds of Nix prefer this one to SSL_CERT_FILE; elsewhere nobody reads it.
    ...(inherited.NIX_SSL_CERT_FILE ? { NIX_SSL_CERT_FILE: files.bundle } : {}),
    NODE_OPTIONS: appended(inherited.NODE_OPTIONS, `--require ${quotedForNode(files.nodePreload)}`),
    JAVA_TOOL_OPTIONS: appended(inherited.JAVA_TOOL_OPTIONS, javaOptions(proxyPort, files.javaTrustStore)),
    // Keeps local tokens out of the user's own ~/.azure, and the user's refresh tokens away from the local cloud.
    AZURE_CONFIG_DIR: join(dataDirectory, 'azure'),
    AZURE_CORE_COLLECT_TELEMETRY: 'no',
    // The same for the tokens of @doorstep/client and of `doorstep login`.
    DOORSTEP_CLIENT_STORE: join(dataDirectory, 'client-of-runs'),
    ...browser,
    DOORSTEP_DATA: dataDirectory,
    DOORSTEP_INTERCEPT: JSON.stringify({ port: tlsPort, hosts, clockOffsetMilliseconds }),
  }
}

/** The proxy settings that the child loses, for the run's own proxy to reach other hosts; undefined without a proxy. */
export function inheritedUpstream(inherited: NodeJS.ProcessEnv): UpstreamSettings | undefined {
  const httpsProxy = inherited.HTTPS_PROXY || inherited.https_proxy || inherited.ALL_PROXY || inherited.all_proxy
  if (!httpsProxy) return undefined
  const noProxy = inherited.NO_PROXY || inherited.no_proxy
  return { httpsProxy, ...(noProxy ? { noProxy } : {}) }
}

function trustVariables({ bundle, additionalRoots, wgetrc }: ChildFiles): { [name: string]: string } {
  return {
    REQUESTS_CA_BUNDLE: bundle,
    CURL_CA_BUNDLE: bundle,
    SSL_CERT_FILE: bundle,
    GIT_SSL_CAINFO: bundle,
    PIP_CERT: bundle,
    HTTPLIB2_CA_CERTS: bundle,
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: bundle,
    CARGO_HTTP_CAINFO: bundle,
    NODE_EXTRA_CA_CERTS: additionalRoots,
    DENO_CERT: additionalRoots,
    WGETRC: wgetrc,
  }
}

function javaOptions(proxyPort: number, trustStore: string): string {
  const options = [
    '-Dhttps.proxyHost=127.0.0.1',
    `-Dhttps.proxyPort=${proxyPort}`,
    `-Djavax.net.ssl.trustStore=${trustStore}`,
    `-Djavax.net.ssl.trustStorePassword=${javaTrustStorePassword}`,
  ]
  // The JVM splits the variable at blanks and takes quotes off; it knows no escapes.
  return options.map((option) => (/\s/.test(option) ? `"${option}"` : option)).join(' ')
}

/** Node splits NODE_OPTIONS at blanks; inside double quotes a backslash escapes. */
function quotedForNode(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`
}

function appended(existing: string | undefined, addition: string): string {
  if (!existing?.trim()) return addition
  return existing.includes(addition) ? existing : `${existing} ${addition}`
}
