/** Why the secrets of a manifest stay behind. */
export function secretsLeftOut(credentials: unknown): readonly string[] {
  const count = Array.isArray(credentials) ? credentials.length : 0
  if (count === 0) return []
  return [
    `passwordCredentials: a manifest holds no secrets, only that there ${count === 1 ? 'was one' : `were ${count}`}; make new ones with app add-secret.`,
  ]
}

/** Why its certificates do. */
export function certificatesLeftOut(credentials: unknown): readonly string[] {
  const count = Array.isArray(credentials) ? credentials.length : 0
  if (count === 0) return []
  return [
    `keyCredentials: a manifest does not hold the certificates themselves; add ${count === 1 ? 'it' : 'them'} with app add-certificate.`,
  ]
}
