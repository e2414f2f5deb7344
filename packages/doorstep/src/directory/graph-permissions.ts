import type { AppRole, PermissionScope } from './application.ts'

interface GraphPermission {
  readonly value: string
  /** What it allows, for consent pages and lists of permissions. */
  readonly allows: string
  /** Ids of the delegated permission and of the application permission, where there is one. */
  readonly delegated?: string
  readonly application?: string
  /** Whether a user may consent to the delegated permission for himself. */
  readonly userMayConsent?: true
}

/** Permissions of Microsoft Graph under their real ids ("Microsoft Graph permissions reference"). */
const graphPermissions: readonly GraphPermission[] = [
  {
    value: 'openid',
    allows: 'Sign people in',
    delegated: '37f7f235-527c-4136-accd-4a02d197296e',
    userMayConsent: true,
  },
  {
    value: 'profile',
    allows: "See people's basic profile",
    delegated: '14dad69e-099b-42c9-810b-d002981feec1',
    userMayConsent: true,
  },
  {
    value: 'email',
    allows: "See people's e-mail address",
    delegated: '64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0',
    userMayConsent: true,
  },
  {
    value: 'offline_access',
    allows: 'Keep access to what was allowed',
    delegated: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
    userMayConsent: true,
  },
  {
    value: 'User.Read',
    allows: 'Sign in and read the own profile',
    delegated: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d',
    userMayConsent: true,
  },
  {
    value: 'User.ReadWrite',
    allows: 'Read and change the own profile',
    delegated: 'b4e74841-8e56-480b-be8b-910348b18b4c',
    userMayConsent: true,
  },
  {
    value: 'User.ReadBasic.All',
    allows: "Read everybody's basic profile",
    delegated: 'b340eb25-3456-403f-be2f-af7a0d370277',
    application: '97235f07-e226-4f63-ace3-39588e11d3a1',
    userMayConsent: true,
  },
  {
    value: 'User.Read.All',
    allows: "Read everybody's full profile",
    delegated: 'a154be20-db9c-4678-8ab7-66f6cc099a59',
    application: 'df021288-bdef-4463-88db-98f22de89214',
  },
  {
    value: 'User.ReadWrite.All',
    allows: "Read and change everybody's full profile",
    delegated: '204e0828-b5ca-4ad8-b9f3-f32a958e7cc4',
    application: '741f803b-c850-494e-b5df-cde7c675a1ca',
  },
  {
    value: 'User.Invite.All',
    allows: 'Invite guests to the organization',
    delegated: '63dd7cd9-b489-4adf-a28c-ac38b9a0f962',
    application: '09850681-111b-4a89-9bed-3f2cae46d706',
  },
  {
    value: 'User.DeleteRestore.All',
    allows: 'Delete and restore users',
    delegated: '4bb440cd-2cf2-4f90-8004-aa2acd2537c5',
    application: 'eccc023d-eccf-4e7b-9683-8813ab36cecc',
  },
  {
    value: 'Directory.Read.All',
    allows: 'Read directory data',
    delegated: '06da0dbc-49e2-44d2-8312-53f166ab848a',
    application: '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
  },
  {
    value: 'Directory.ReadWrite.All',
    allows: 'Read and change directory data',
    delegated: 'c5366453-9fb0-48a5-a156-24f0c49a4b84',
    application: '19dbc75e-c2e2-444c-a770-ec69d8559fc7',
  },
  {
    value: 'Directory.AccessAsUser.All',
    allows: 'Use the directory as the signed-in user',
    delegated: '0e263e50-5827-48a4-b97c-d940288653c7',
  },
  {
    value: 'Group.Read.All',
    allows: 'Read all groups',
    delegated: '5f8c59db-677d-491f-a6b8-5f174b11ec1d',
    application: '5b567255-7703-4780-807c-7be8301ae99b',
  },
  {
    value: 'Group.ReadWrite.All',
    allows: 'Read and change all groups',
    delegated: '4e46008b-f24c-477d-8fff-7bb4ec7aafe0',
    application: '62a82d76-70ea-41e2-9197-370581804d09',
  },
  { value: 'Group.Create', allows: 'Create groups', application: 'bf7b1a76-6e77-406b-b258-bf5c7720e98f' },
  {
    value: 'GroupMember.Read.All',
    allows: 'Read group memberships',
    delegated: 'bc024368-1153-4739-b217-4326f2e966d0',
    application: '98830695-27a2-44f7-8c18-0c3ebc9698f6',
  },
  {
    value: 'GroupMember.ReadWrite.All',
    allows: 'Read and change group memberships',
    delegated: 'f81125ac-d3b7-4573-a3b2-7099cc39df9e',
    application: 'dbaae8cf-10b5-4b86-a4a1-f871c94c6695',
  },
  {
    value: 'Application.Read.All',
    allows: 'Read applications',
    delegated: 'c79f8feb-a9db-4090-85f9-90d820caa0eb',
    application: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
  },
  {
    value: 'Application.ReadWrite.All',
    allows: 'Read and change all applications',
    delegated: 'bdfbf15f-ee85-4955-8675-146e8e5296b5',
    application: '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9',
  },
  {
    value: 'Application.ReadWrite.OwnedBy',
    allows: 'Manage applications this one creates or owns',
    application: '18a4783c-866b-4cc7-a460-3d5e5662c884',
  },
  {
    value: 'AppRoleAssignment.ReadWrite.All',
    allows: 'Manage app role assignments and application permissions',
    delegated: '84bccea3-f856-4a8a-967b-dbe0a3d53a64',
    application: '06b708a9-e830-4db3-a914-8e69da51d44f',
  },
  {
    value: 'DelegatedPermissionGrant.Read.All',
    allows: 'Read delegated permission grants',
    delegated: 'a197cdc4-a8e8-4d49-9d35-4ca7c83887b4',
    application: '81b4724a-58aa-41c1-8a55-84ef97466587',
  },
  {
    value: 'DelegatedPermissionGrant.ReadWrite.All',
    allows: 'Manage delegated permission grants',
    delegated: '41ce6ca6-6826-4807-84f1-1c82854f7ee5',
    application: '8e8e4742-1d95-4f68-9d56-6ee75648c72a',
  },
  {
    value: 'RoleManagement.Read.Directory',
    allows: 'Read directory roles and their members',
    delegated: '741c54c3-0c1e-44a1-818b-3f97ab4e8c83',
    application: '483bed4a-2ad3-4361-a73b-c83ccdbdc53c',
  },
  {
    value: 'RoleManagement.ReadWrite.Directory',
    allows: 'Manage directory roles and their members',
    delegated: 'd01b97e9-cbc0-49fe-810a-750afd5527a3',
    application: '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8',
  },
  {
    value: 'Organization.Read.All',
    allows: "Read the organization's data",
    delegated: '4908d5b9-3fb2-4b1e-9336-1888b7937185',
    application: '498476ce-e0fe-48b0-b801-37ba7e2685c6',
  },
  {
    value: 'Domain.Read.All',
    allows: 'Read domains',
    delegated: '2f9ee017-59c1-4f1d-9472-bd5529a7b311',
    application: 'dbb9058a-0e50-45d7-ae91-66909b5d4664',
  },
  {
    value: 'Member.Read.Hidden',
    allows: 'See who belongs to groups that hide it',
    delegated: 'f6a3db3e-f7e8-4ed2-a414-557c8c9830be',
    application: '658aa5d8-239f-45c4-aa12-864f4fc7e490',
  },
  {
    value: 'AuditLog.Read.All',
    allows: 'Read sign-in and audit logs',
    delegated: 'e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20',
    application: 'b0afded3-3588-46d8-8b3d-9842eff778da',
  },
  {
    value: 'Policy.Read.All',
    allows: "Read the organization's policies",
    delegated: '572fea84-0151-49b2-9301-11cb16974376',
    application: '246dd0d5-5bd0-4def-940b-0421030a5b68',
  },
  {
    value: 'Policy.ReadWrite.Authorization',
    allows: "Read and change the organization's authorization policy",
    delegated: 'edd3c878-b384-41fd-95ad-e7407dd775be',
    application: 'fb221be6-99f2-473f-bd32-01c6a0e9ca3b',
  },
  {
    value: 'Mail.Read',
    allows: 'Read mail',
    delegated: '570282fd-fa5c-430d-a7fd-fc8dc98a9dca',
    application: '810c84a8-4a9e-49e6-bf7d-12d183f40d01',
    userMayConsent: true,
  },
  {
    value: 'Mail.Send',
    allows: 'Send mail',
    delegated: 'e383f46e-2787-4529-855e-0e479a3ffac0',
    application: 'b633e1c5-b582-4048-a93e-9f11b44c7e96',
    userMayConsent: true,
  },
  {
    value: 'Calendars.Read',
    allows: 'Read calendars',
    delegated: '465a38f9-76ea-45b9-9f34-9e8b0d4b0b42',
    application: '798ee544-9d2d-430c-a058-570e29e34338',
    userMayConsent: true,
  },
  {
    value: 'Files.Read',
    allows: 'Read files',
    delegated: '10465720-29dd-4523-a11a-6a75c743c9d9',
    userMayConsent: true,
  },
  {
    value: 'Sites.Read.All',
    allows: 'Read items in all sites',
    delegated: '205e70e5-aba6-4c52-a976-6d2d46c48043',
    application: '332a536c-c7ef-4017-ab91-336970924f0d',
  },
]

/** The delegated permissions of Microsoft Graph. */
export const graphPermissionScopes: readonly PermissionScope[] = graphPermissions.flatMap((permission) =>
  permission.delegated === undefined
    ? []
    : [
        {
          id: permission.delegated,
          value: permission.value,
          type: permission.userMayConsent ? 'User' : 'Admin',
          isEnabled: true,
          adminConsentDisplayName: permission.allows,
          adminConsentDescription: `${permission.allows}, on behalf of the signed-in user.`,
          userConsentDisplayName: permission.allows,
          userConsentDescription: `${permission.allows}, on your behalf.`,
        },
      ],
)

/** The application permissions of Microsoft Graph. */
export const graphAppRoles: readonly AppRole[] = graphPermissions.flatMap((permission) =>
  permission.application === undefined
    ? []
    : [
        {
          id: permission.application,
          value: permission.value,
          displayName: permission.allows,
          description: `${permission.allows}, without a signed-in user.`,
          isEnabled: true,
          allowedMemberTypes: ['Application'],
        },
      ],
)
