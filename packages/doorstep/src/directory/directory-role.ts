/** A built-in role of Entra ID; its template id is the same in every tenant and appears in the `wids` claim. */
export interface DirectoryRole {
  readonly displayName: string
  readonly roleTemplateId: string
}

/** The built-in roles that Doorstep knows ("Microsoft Entra built-in roles"). */
export const directoryRoles = [
  { displayName: 'Global Administrator', roleTemplateId: '62e90394-69f5-4237-9190-012177145e10' },
  { displayName: 'Application Administrator', roleTemplateId: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3' },
  { displayName: 'Cloud Application Administrator', roleTemplateId: '158c047a-c907-4556-b7ef-446551a6b5f7' },
  { displayName: 'Application Developer', roleTemplateId: 'cf1c38e5-3621-4004-a7cb-879624dced7c' },
  { displayName: 'Privileged Role Administrator', roleTemplateId: 'e8611ab8-c189-46e8-94e1-60213ab1f814' },
  { displayName: 'User Administrator', roleTemplateId: 'fe930be7-5e62-47db-91af-98c3a49a38b1' },
  { displayName: 'Groups Administrator', roleTemplateId: 'fdd7a751-b60b-444a-984c-02652fe8fa1c' },
  { displayName: 'Helpdesk Administrator', roleTemplateId: '729827e3-9c14-49f7-bb1b-9608f156bbb8' },
  { displayName: 'Directory Readers', roleTemplateId: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b' },
  { displayName: 'Global Reader', roleTemplateId: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451' },
] as const satisfies readonly DirectoryRole[]

export type DirectoryRoleName = (typeof directoryRoles)[number]['displayName']

/** The template id of a built-in role, for code that needs a certain one. */
export function roleTemplateId(displayName: DirectoryRoleName): string {
  const role = directoryRoles.find((candidate) => candidate.displayName === displayName)
  if (!role) throw new Error(`There is no directory role '${displayName}'.`)
  return role.roleTemplateId
}

/** The built-in role with this name (in any case) or template id, if there is one. */
export function findDirectoryRole(nameOrTemplateId: string): DirectoryRole | undefined {
  const wanted = nameOrTemplateId.trim().toLowerCase()
  return directoryRoles.find((role) => role.displayName.toLowerCase() === wanted || role.roleTemplateId === wanted)
}
