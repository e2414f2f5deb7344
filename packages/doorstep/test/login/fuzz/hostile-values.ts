import type { Random } from './random.ts'

/** A value for a parameter, encoded as it goes over the wire: much of what is hostile has no decoded form. */
export type EncodedValue = string

/** The encoding of a form for what has a decoded form. */
export const encoded = (text: string): EncodedValue => encodeURIComponent(text)

/** Markup that shows when it comes back unescaped: an element `fuzz-…`, an attribute `fuzzattr`, a script of ours. */
const markup = [
  '<fuzz-1>',
  '"><fuzz-2 fuzzattr=1>',
  "'><fuzz-3 fuzzattr=1>",
  '" fuzzattr="1',
  "' fuzzattr='1",
  '` fuzzattr=`1',
  '</title></style></script></textarea></noscript><fuzz-4>',
  '<script>fuzz()</script>',
  '<img src=x onerror=fuzz()>',
  '<svg/onload=fuzz()>',
  '--><fuzz-5><!--',
  ']]><fuzz-6>',
  '&lt;fuzz-7&gt;&#60;fuzz-7&#62;&quot; fuzzattr=1',
  '<<fuzz-8>>',
  '\u0000<fuzz-9>',
  '<fuzz-10/',
  '{{7*7}}<%= 7*7 %>',
]

const controls = [
  '\r\nX-Fuzz: 1',
  '\r\n\r\n<fuzz-20>',
  '\nSet-Cookie: fuzz=1',
  '\u0000',
  'a\u0000b',
  '\u0001\u0008\u001b[31m\u007f\u0085',
  '\r',
  '\n',
  '\t',
  ' ',
  '\u2028\u2029',
]

const unicode = [
  '\u202eevil\u202c',
  '\ufeff',
  '\ufffe\uffff',
  '👩‍👩‍👧‍👦',
  '😀'.repeat(149),
  `x${'😀'.repeat(160)}`,
  'e\u0301'.repeat(40),
  'İıſK',
  'ﷺ',
  '＜fuzz-30＞',
  'ſcript',
  '\u200b\u200d',
  'ß'.repeat(70),
]

/** Percent-encodings that decode to nothing, or to what must not be. */
const brokenEncodings: readonly EncodedValue[] = [
  '%',
  '%%',
  '%f',
  '%zz',
  '%u003cfuzz-40%u003e',
  '%c0%bcfuzz-41%c0%be',
  '%e0%80%bcfuzz-42',
  '%ED%A0%80',
  '%ED%B0%80%ED%A0%80',
  'a%ED%A0%BDb',
  '%ff%fe%fd',
  '%F4%90%80%80',
  '%00%00%00',
  '+',
  '%2B%2b%252B',
  '%253Cfuzz-43%253E',
  '=',
  '==&&=',
]

const json = [
  'null',
  '{}',
  '[]',
  '{"access_token":null}',
  '{"access_token":{"xms_cc":{"values":{"length":1}}}}',
  '{"access_token":{"xms_cc":{"values":["cp1",null,1,[]]}}}',
  '{"__proto__":{"values":["cp1"]},"access_token":{"__proto__":{"xms_cc":1}}}',
  '["a","b"]',
  '{"toString":1}',
  '"<fuzz-50>"',
  '1e999',
  '['.repeat(3000),
]

export const prototypeNames = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'prototype',
  'then',
  '__defineGetter__',
]

const addresses = [
  '//evil.example',
  '/\\evil.example',
  'https://evil.example/',
  'https:evil.example',
  'http://evil.example@localhost',
  'http://localhost@evil.example/',
  'http://localhost:1@evil.example/',
  'http://localhost.evil.example/',
  'http://localhost\\@evil.example/',
  'http://localhost%2eevil.example/',
  'http://localhost#@evil.example/',
  'https://web.fuzz.example.evil.example/signin',
  'https://web.fuzz.example%2f@evil.example/signin',
  'https://web.fuzz.example/signin/../../evil',
  'https://web.fuzz.example/signin%0d%0aX-Fuzz:1',
  'https://web.fuzz.example\\.evil.example/signin',
  'https://evil.example/?.wild.fuzz.example/in',
  'https://evil.example#.wild.fuzz.example/in',
  'https://evil.example\\.wild.fuzz.example/in',
  'https://evil.example%2f.wild.fuzz.example/in',
  'https://evil.example:443@a.wild.fuzz.example/in',
  'https://a.wild.fuzz.example:8443/in',
  'javascript:fuzz()//',
  'java\nscript:fuzz()',
  'JavaScript:fuzz()',
  'data:text/html,<fuzz-60>',
  'vbscript:fuzz()',
  'file:///etc/passwd',
  'blob:https://web.fuzz.example/1',
  'urn:ietf:wg:oauth:2.0:oob:evil',
  'msalfuzz://auth.evil.example',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]:80/',
  'http://2130706433/',
  'https://web.fuzz.example./signin',
  'https://web.fuzz.example/signin?<fuzz-61>',
  'http://localhost:99999/',
  'http://localhost:/',
  'https://',
  '://',
]

const injections = [
  "' OR 1=1--",
  '"; DROP TABLE users;--',
  "%' OR '%",
  '\\',
  "'||(select 1)||'",
  '$1',
  '../../../etc/passwd',
  '$(id)',
]

const numbers = ['-1', '0', '1e309', 'NaN', '0x10', '999999999', '99999999999999999999', '1.5', 'true', '٣']

const guids = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '9188040d-6c67-4c5b-b112-36a304b66dad',
]

const tokens = [
  'e30.e30.e30',
  'bnVsbA.bnVsbA.bnVsbA',
  'W10.W10.W10',
  '..',
  'a.b.c.d.e',
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":{}}').toString('base64url')}.`,
  `${Buffer.from('{"alg":"RS256","kid":"toString"}').toString('base64url')}.${Buffer.from('{"sub":"<fuzz-70>"}').toString('base64url')}.AA`,
]

/** What is longer than anybody needs. In an address it stays below the 16 KiB that Node.js takes for headers. */
function long(random: Random, place: 'address' | 'body'): EncodedValue {
  const length = place === 'address' ? random.pick([300, 2_000, 9_000, 20_000]) : random.pick([5_000, 60_000, 300_000])
  const piece = random.pick(['a', '%3Cfuzz-80%3E', '%20', 'openid+', '/', '.', '%F0%9F%98%80', '-a'])
  return piece.repeat(Math.ceil(length / piece.length))
}

const flip = (text: string, random: Random) => {
  const bytes = Buffer.from(text)
  const at = random.integer(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8))
  return bytes.toString('latin1')
}

/** Nearly right: what passes the first checks and fails at a later one. */
function mutated(valid: string, random: Random): string {
  if (valid === '') return '0'
  const at = random.integer(valid.length)
  const ways = [
    () => flip(valid, random),
    () => valid.slice(0, at),
    () => valid.slice(at),
    () => valid + valid,
    () => `${valid} ${valid}`,
    () => valid.toUpperCase(),
    () =>
      valid.replace(/[a-z]/i, (letter) =>
        letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
      ),
    () => `${valid}\u0000`,
    () => ` ${valid}\r\n`,
    () => `${valid}<fuzz-90>`,
    () => `${valid}/`,
    () => `${valid}.evil.example`,
    () => `${valid.slice(0, at)}\u0000${valid.slice(at)}`,
    () => `${valid.slice(0, at)}😀${valid.slice(at)}`,
    () => [...valid].reverse().join(''),
    () => encodeURIComponent(encodeURIComponent(valid)),
    () => `${valid}?a=b`,
    () => `${valid}#a`,
    () => JSON.stringify([valid]),
  ]
  return random.pick(ways)()
}

/** What a careless comparison takes for the address that is registered, and a browser for another. */
function lookalike(valid: string, random: Random): string {
  const [scheme = '', rest = ''] = valid.split('://', 2)
  const [host = '', ...path] = rest.split('/')
  const behindHost = ['', ...path].join('/')
  return random.pick([
    `${valid}.evil.example`,
    `${valid}@evil.example`,
    `${valid}/../../evil`,
    `${valid}/evil`,
    `${valid}%2fevil`,
    `${valid}?evil=1`,
    `${valid}#evil`,
    `${valid};evil`,
    `${valid}\\evil`,
    `${scheme}://${host}.evil.example${behindHost}`,
    `${scheme}://${host}@evil.example${behindHost}`,
    `${scheme}://evil.example@${host}${behindHost}`,
    `${scheme}://${host}\\@evil.example${behindHost}`,
    `${scheme}://${host}%2f@evil.example${behindHost}`,
    `${scheme}://evil.${host}${behindHost}`,
    `${scheme}://evil${host}${behindHost}`,
    `${scheme}://${host}:1@evil.example${behindHost}`,
    `${scheme}://${host}:444${behindHost}`,
    `${scheme}://${host}.${behindHost}`,
    `${scheme}://${host.toUpperCase()}${behindHost.toUpperCase()}`,
    `${scheme === 'https' ? 'http' : 'https'}://${host}${behindHost}`,
    `${scheme}:${host}${behindHost}`,
    `${scheme}:/\\${host}${behindHost}`,
    `https://evil.example/${valid}`,
    `https://evil.example/?${valid}`,
    `javascript:fuzz()//${valid}`,
  ])
}

/** Kinds of hostile values; a run goes through all of them for every parameter before it repeats one. */
export const hostileKinds = [
  'markup',
  'controls',
  'unicode',
  'brokenEncoding',
  'json',
  'prototype',
  'address',
  'lookalike',
  'injection',
  'number',
  'guid',
  'token',
  'long',
  'empty',
  'other',
  'mutated',
  'mutatedOther',
] as const
export type HostileKind = (typeof hostileKinds)[number]

export interface ValueContext {
  readonly random: Random
  /** The value that would be right; undefined for a parameter that is not sent otherwise. */
  readonly valid: string | undefined
  /** Other values that are known in this place. */
  readonly others: readonly string[]
  readonly place: 'address' | 'body'
}

/** One hostile value of a kind. */
export function hostileValue(kind: HostileKind, { random, valid, others, place }: ValueContext): EncodedValue {
  const other = () => (others.length > 0 ? random.pick(others) : (valid ?? '1'))
  switch (kind) {
    case 'markup':
      return encoded((random.chance(0.5) ? (valid ?? '') : '') + random.pick(markup))
    case 'controls':
      return encoded((random.chance(0.5) ? (valid ?? '') : '') + random.pick(controls))
    case 'unicode':
      return encoded(random.pick(unicode))
    case 'brokenEncoding':
      return (random.chance(0.3) ? encoded(valid ?? '') : '') + random.pick(brokenEncodings)
    case 'json':
      return encoded(random.pick(json))
    case 'prototype':
      return encoded(random.pick(prototypeNames))
    case 'address':
      return encoded(random.pick(addresses))
    case 'lookalike':
      return encoded(lookalike(valid ?? other(), random))
    case 'injection':
      return encoded((random.chance(0.5) ? (valid ?? '') : '') + random.pick(injections))
    case 'number':
      return encoded(random.pick(numbers))
    case 'guid':
      return encoded(random.pick(guids))
    case 'token':
      return encoded(random.pick(tokens))
    case 'long':
      return long(random, place)
    case 'empty':
      return random.pick(['', '%20', '%0D%0A', '+'])
    case 'other':
      return encoded(other())
    case 'mutated':
      return encoded(mutated(valid ?? other(), random))
    case 'mutatedOther':
      return encoded(mutated(other(), random))
  }
}

/** Header values: what Node.js lets a client send at all, so no line breaks and nothing beyond Latin-1. */
export function hostileHeaderValue(random: Random, valid: string): string {
  const values = [...markup, ...prototypeNames, ...addresses, ...injections, ...json, ...tokens, ...numbers, ...guids]
  const value = random.chance(0.3)
    ? mutated(valid, random)
    : random.pick([...values, '', ',', ';', '=', '\xff\xfe', 'a'.repeat(4_000)])
  return value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
}
