import { expect, it } from 'vitest'
import {
  appRoleAssignmentId,
  directoryRoleAssignmentId,
  directoryRoleAssignmentOf,
  permissionGrantId,
} from './permission-id.ts'

const client = '5e4f3d2c-3333-4ccc-8ddd-000000000003'
const resource = '6f6e6d6c-6666-4fff-8000-000000000006'
const user = '0ddba11a-4444-4ddd-8eee-000000000004'

it('makes the id of a grant of client, resource and principal, in Graph’s form', () => {
  expect(permissionGrantId(client, resource, null)).toBe('LD1PXjMzzEyN3QAAAAAAA2xtbm9mZv9PgAAAAAAAAAY')
  expect(permissionGrantId(client, resource, user)).toHaveLength(64)
  expect(permissionGrantId(client.toUpperCase(), resource, null)).toBe(permissionGrantId(client, resource, null))
})

it('makes the id of an assignment of its principal and a GUID of its own', () => {
  expect(appRoleAssignmentId(client, user)).toMatch(/^LD1PXjMzzEyN3QAAAAAAA/)
  expect(appRoleAssignmentId(client, user)).not.toBe(appRoleAssignmentId(client, resource))
})

it('tells whose directory role an assignment is, and of nothing else', () => {
  const [roleTemplateId, principalId] = ['62e90394-69f5-4237-9190-012177145e10', 'f8ca5a85-489a-49a0-b555-0a6d81e56f0d']
  const id = directoryRoleAssignmentId(roleTemplateId, principalId)
  expect(id).toMatch(/^lAPpYvVpN0KRkAEhdxReE[\w-]{22}-1$/)
  expect(directoryRoleAssignmentOf(id)).toEqual({ roleTemplateId, principalId })
  for (const other of ['', 'x', id.slice(0, -2), `${id}-1`]) expect(directoryRoleAssignmentOf(other)).toBeUndefined()
})
