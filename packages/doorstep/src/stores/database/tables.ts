/**
 * The tables as the newest migration leaves them, for the statement builder.
 *
 * `record` is the whole record as JSON, without what has a column of its own that changes alone (`version`,
 * `deleted_at`, `sign_ins_valid_from`, `answer`). All other columns exist to be looked up or filtered by: text in lower case, folded in TypeScript
 * because databases fold differently; instants in milliseconds since 1970; flags as 0 and 1.
 */
export interface Tables {
  tenant: { id: string; created_at: number; record: string }
  tenant_domain: { name: string; tenant_id: string }
  application: ObjectColumns & {
    app_id: string
    display_name: string
    unique_name: string | null
    description: string | null
    sign_in_audience: string
    publisher_domain: string
  }
  application_identifier_uri: { tenant_id: string; uri: string; application_id: string; app_id: string }
  service_principal: ObjectColumns & {
    app_id: string
    app_owner_organization_id: string
    display_name: string
    service_principal_type: string
    account_enabled: number
  }
  directory_user: ObjectColumns & {
    user_principal_name: string
    display_name: string
    mail: string | null
    mail_nickname: string
    given_name: string | null
    surname: string | null
    user_type: string
    /** For a guest: the account in its home tenant. */
    home_user_id: string | null
    manager_id: string | null
    city: string | null
    company_name: string | null
    country: string | null
    employee_id: string | null
    employee_type: string | null
    on_premises_immutable_id: string | null
    postal_code: string | null
    state: string | null
    account_enabled: number
    department: string | null
    job_title: string | null
    office_location: string | null
    mobile_phone: string | null
    preferred_language: string | null
    usage_location: string | null
    /** ISO 8601; null while nothing was revoked. */
    sign_ins_valid_from: string | null
  }
  user_password: { user_id: string; record: string }
  directory_group: ObjectColumns & {
    display_name: string
    mail_nickname: string
    description: string | null
    mail_enabled: number
    security_enabled: number
    is_assignable_to_role: number | null
    mail: string | null
  }
  group_member: { group_id: string; member_id: string; record: string }
  collection_value: { object_id: string; collection: string; value: string }
  password_credential: { owner_id: string; key_id: string; start_at: number; record: string }
  permission_grant: {
    id: string
    client_id: string
    resource_id: string
    /** Empty when consent is for everybody, so that the database sees such grants as equal. */
    principal_id: string
    record: string
  }
  app_role_assignment: {
    id: string
    principal_id: string
    resource_id: string
    app_role_id: string
    created_at: number
    record: string
  }
  directory_role: { tenant_id: string; principal_id: string; role_template_id: string; record: string }
  activated_directory_role: { tenant_id: string; role_template_id: string }
  subscription: { id: string; tenant_id: string; record: string }
  resource_group: { subscription_id: string; name: string; record: string }
  role_assignment: {
    id: string
    tenant_id: string
    principal_id: string
    role_definition_id: string
    scope: string
    created_at: number
    record: string
  }
  signing_key: { key_id: string; created_at: number; record: string }
  cloud_settings: { id: number; record: string; version: number }
  authorization_code: { id: string; consumed: number; expires_at: number; record: string }
  refresh_token: { id: string; expires_at: number; record: string }
  device_code: {
    id: string
    user_code: string
    run_id: string | null
    expires_at: number
    /** JSON; null while nobody has answered. */
    answer: string | null
    record: string
  }
  browser_session: { id: string; expires_at: number; record: string }
  sign_in_record: {
    id: string
    tenant_id: string
    created_at: number
    user_id: string | null
    user_principal_name: string | null
    client_app_id: string | null
    resource_app_id: string | null
    kind: string | null
    error_code: number | null
    correlation_id: string | null
    record: string
  }
}

/** What an object of a tenant that Graph can list and soft-delete has. */
export interface ObjectColumns {
  id: string
  tenant_id: string
  created_at: number
  /** ISO 8601 as it was given; null while the object lives. */
  deleted_at: string | null
  version: number
  record: string
}

export type ObjectTable = 'application' | 'service_principal' | 'directory_user' | 'directory_group'

/** Every table, those that refer to another one first: the order in which they can be emptied. */
export const tablesToEmpty: readonly (keyof Tables)[] = [
  'tenant_domain',
  'application_identifier_uri',
  'user_password',
  'group_member',
  'resource_group',
  'collection_value',
  'password_credential',
  'permission_grant',
  'app_role_assignment',
  'directory_role',
  'activated_directory_role',
  'role_assignment',
  'signing_key',
  'cloud_settings',
  'authorization_code',
  'refresh_token',
  'device_code',
  'browser_session',
  'sign_in_record',
  'application',
  'service_principal',
  'directory_user',
  'directory_group',
  'subscription',
  'tenant',
]
