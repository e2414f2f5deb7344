'use strict'
/*
 * Loaded into every Node process below `doorstep run` (NODE_OPTIONS=--require), because Node's own fetch, https and
 * http2 do not look at HTTPS_PROXY. It does two things, both told by the JSON in DOORSTEP_INTERCEPT:
 *
 *   {"port": 40123, "hosts": ["graph.microsoft.com", "*.cognitedata.com"], "clockOffsetMilliseconds": 0}
 *
 * - A connection to port 443 of a listed host goes to that port of this machine instead. All of Node's clients end in
 *   net.Socket.prototype.connect. Only the address of the TCP connection is replaced: the server name and the check of
 *   the certificate stay those of the caller.
 * - With an offset, Date tells the time of the local cloud, which tests may have moved.
 *
 * CommonJS and free of dependencies, so that it works in any program of any Node that is alive. It must never be the
 * reason why a program does not start: settings that cannot be read leave everything as it is.
 */
const net = require('node:net')

const settings = readSettings(process.env.DOORSTEP_INTERCEPT)
const loaded = Symbol.for('doorstep.preload')
if (settings && !net.Socket.prototype[loaded]) {
  Object.defineProperty(net.Socket.prototype, loaded, { value: true })
  redirectConnections(settings.port, settings.hosts)
  if (settings.clockOffsetMilliseconds !== 0) shiftClock(settings.clockOffsetMilliseconds)
}

function readSettings(text) {
  if (!text) return undefined
  try {
    const { port, hosts, clockOffsetMilliseconds = 0 } = JSON.parse(text)
    const valid = Number.isInteger(port) && Array.isArray(hosts) && Number.isFinite(clockOffsetMilliseconds)
    return valid ? { port, hosts, clockOffsetMilliseconds } : undefined
  } catch {
    return undefined
  }
}

function redirectConnections(localPort, hosts) {
  const names = new Set(hosts)
  const suffixes = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1))
  const isListed = (host) => {
    if (typeof host !== 'string') return false
    const name = host.toLowerCase().replace(/\.$/, '')
    return names.has(name) || suffixes.some((suffix) => name.length > suffix.length && name.endsWith(suffix))
  }

  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (...given) {
    // Node's own callers pass one array that is normalized already, programs pass (options), (port, host) or (path).
    const list = Array.isArray(given[0]) ? given[0] : given
    const options = connectOptions(list)
    if (!options || options.path || Number(options.port) !== 443 || !isListed(options.host)) {
      return connect.apply(this, given)
    }
    const local = {
      ...options,
      host: '127.0.0.1',
      port: localPort,
      lookup: undefined,
      family: undefined,
      localAddress: undefined,
    }
    const callback = list.find((argument) => typeof argument === 'function')
    return callback ? connect.call(this, local, callback) : connect.call(this, local)
  }
}

function connectOptions([first, second]) {
  if (typeof first === 'object' && first !== null) return first
  if (!/^\d+$/.test(String(first))) return undefined
  return { port: Number(first), host: typeof second === 'string' ? second : undefined }
}

function shiftClock(offset) {
  const RealDate = Date
  const realNow = RealDate.now.bind(RealDate)
  const now = () => realNow() + offset
  Object.defineProperty(RealDate, 'now', { value: now, writable: true, configurable: true })
  // A proxy rather than a subclass: `Date()` without new, `instanceof` and classes that extend Date stay as they were.
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
    apply: () => new RealDate(now()).toString(),
  })
  Object.defineProperty(RealDate.prototype, 'constructor', {
    value: globalThis.Date,
    writable: true,
    configurable: true,
  })
}
