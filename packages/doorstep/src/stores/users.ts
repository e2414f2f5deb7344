import { sql } from 'kysely'
import { laterUserProperties, type User, type UserPassword, type UserStore } from '../directory/user.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import {
  holdsPrefix,
  holdsValue,
  insertCollections,
  replaceCollections,
  searchable,
  wordsOf,
} from './collection-values.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { removeExpiredItems, restoreObject } from './deleted-objects.ts'
import {
  columnsOfNewObject,
  columnsOfObject,
  countOf,
  folded,
  foldedOrNull,
  mustBeLive,
  nextVersion,
  type ObjectRow,
  objectColumns,
  objectReader,
  pageOf,
  softDelete,
  unlessMissing,
  unlessMovedOn,
} from './directory-object.ts'
import { type FilterableProperties, flag, holdsNothing, instant, optionalText, text, withoutValue } from './filter.ts'
import { unlessLastAccount, unlessLastEnabled } from './last-administrator.ts'

export const uniqueUserValues: UniqueValues = {
  directory_user__id: ['user', 'id'],
  directory_user__tenant_id__user_principal_name: ['user', 'userPrincipalName'],
}

/** Properties that Graph knows and that no account here has. */
const neverSet = ['deletedDateTime', 'onPremisesSyncEnabled']

export const filterableUsers: FilterableProperties = {
  properties: new Map([
    ['id', text('id')],
    ['userPrincipalName', text('user_principal_name')],
    ['displayName', text('display_name')],
    ['mail', optionalText('mail')],
    ['mailNickname', text('mail_nickname')],
    ['givenName', optionalText('given_name')],
    ['surname', optionalText('surname')],
    ['userType', text('user_type')],
    ['accountEnabled', flag('account_enabled')],
    ['createdDateTime', instant('created_at')],
    ['department', optionalText('department')],
    ['city', optionalText('city')],
    ['companyName', optionalText('company_name')],
    ['country', optionalText('country')],
    ['employeeId', optionalText('employee_id')],
    ['employeeType', optionalText('employee_type')],
    ['onPremisesImmutableId', optionalText('on_premises_immutable_id')],
    ['postalCode', optionalText('postal_code')],
    ['state', optionalText('state')],
    ['jobTitle', optionalText('job_title')],
    ['officeLocation', optionalText('office_location')],
    ['mobilePhone', optionalText('mobile_phone')],
    ['preferredLanguage', optionalText('preferred_language')],
    ['usageLocation', optionalText('usage_location')],
    ...neverSet.map((name) => [name, withoutValue] as const),
  ]),
  collections: new Map([
    ['proxyAddresses', holdsNothing],
    ['otherMails', holdsValue('directory_user', 'otherMails')],
  ]),
  collectionPrefixes: new Map([
    ['proxyAddresses', holdsNothing],
    ['otherMails', holdsPrefix('directory_user', 'otherMails')],
  ]),
  words: searchable('directory_user', ['displayName']),
  indexed: ['displayName', 'userPrincipalName', 'mail', 'mailNickname', 'givenName', 'surname'],
  sortable: ['displayName', 'userPrincipalName', 'createdDateTime'],
}

export function userStore(database: Database): UserStore {
  const live = () => database.builder.selectFrom('directory_user').select(userColumns).where('deleted_at', 'is', null)
  return {
    byId: async (id) => {
      const rows = await database.query(live().where('id', '=', folded(id)).compile())
      return rows[0] && userOf(rows[0])
    },
    byPrincipalName: async (tenantId, userPrincipalName) => {
      const rows = await database.query(
        live()
          .where('tenant_id', '=', folded(tenantId))
          .where('user_principal_name', '=', folded(userPrincipalName))
          .compile(),
      )
      return rows[0] && userOf(rows[0])
    },
    byIds: async (ids) => {
      if (ids.length === 0) return []
      const rows = await database.query(live().where('id', 'in', ids.map(folded)).compile())
      return rows.map((row) => userOf(row))
    },
    byHome: async (homeUserId) => {
      const rows = await database.query(
        live().where('home_user_id', '=', folded(homeUserId)).orderBy('tenant_id').orderBy('id').compile(),
      )
      return rows.map((row) => userOf(row))
    },
    byManager: async (managerId) => {
      const rows = await database.query(live().where('manager_id', '=', folded(managerId)).orderBy('id').compile())
      return rows.map((row) => userOf(row))
    },
    count: (query) => countOf(database, 'directory_user', filterableUsers, query),
    list: (query) =>
      pageOf(database, { table: 'directory_user', columns: userColumns, objectOf: userOf }, filterableUsers, query),
    passwordOf: async (userId) => {
      const rows = await database.query(
        database.builder.selectFrom('user_password').select('record').where('user_id', '=', folded(userId)).compile(),
      )
      return rows[0] && passwordOf(rows[0])
    },
  }
}

export const userColumns = [...objectColumns, 'sign_ins_valid_from'] as const

type UserRow = ObjectRow & { readonly sign_ins_valid_from: string | null }

const userOfRecord = objectReader<User>(laterUserProperties)

export function userOf(row: UserRow): User {
  return { ...userOfRecord(row), signInSessionsValidFromDateTime: row.sign_ins_valid_from }
}

function passwordOf(row: { record: string }): UserPassword {
  return JSON.parse(row.record)
}

export function statementsForUsers(
  builder: StatementBuilder,
): StatementsFor<
  'createUser' | 'updateUser' | 'deleteUser' | 'restoreUser' | 'setUserPassword' | 'revokeSignInSessions'
> {
  return {
    createUser: ({ user }) => [
      {
        query: builder
          .insertInto('directory_user')
          .values({
            ...columnsOf(user),
            ...columnsOfNewObject(user),
            sign_ins_valid_from: user.signInSessionsValidFromDateTime,
          })
          .compile(),
      },
      ...insertCollections(builder, user.id, collectionsOf(user)),
    ],
    updateUser: ({ user }) => [
      ...(user.accountEnabled ? [] : [unlessLastEnabled(builder, user.id)]),
      {
        query: builder
          .updateTable('directory_user')
          .set({ ...columnsOf(user), version: nextVersion })
          .where('id', '=', folded(user.id))
          .where('deleted_at', 'is', null)
          .returning('version')
          .compile(),
        refusal: unlessMovedOn('user', user),
      },
      ...replaceCollections(builder, user.id, collectionsOf(user)),
    ],
    deleteUser: ({ id, deletedDateTime }) => [
      softDelete(builder, { table: 'directory_user', kind: 'user', id, deletedDateTime }),
      unlessLastAccount(builder, id),
      ...removeExpiredItems(builder, 'user', deletedDateTime),
    ],
    restoreUser: ({ id }) => [restoreObject(builder, 'user', id)],
    revokeSignInSessions: ({ userId, validFrom }) => {
      const query = sql`
        update directory_user set sign_ins_valid_from = ${validFrom}, version = version + 1
        where id = ${folded(userId)} and deleted_at is null returning id`
      return [{ query: query.compile(builder), refusal: unlessMissing('user', userId) }]
    },
    setUserPassword: ({ password }) => {
      const record = JSON.stringify(password)
      return [
        ...mustBeLive(builder, ['directory_user'], 'user', password.userId),
        {
          query: builder
            .insertInto('user_password')
            .values({ user_id: folded(password.userId), record })
            .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ record }))
            .compile(),
        },
      ]
    },
  }
}

function collectionsOf({ displayName, otherMails }: User) {
  return { otherMails, ...wordsOf({ displayName }) }
}

function columnsOf(user: User) {
  const { signInSessionsValidFromDateTime: _ofItsOwnColumn, ...kept } = user
  return {
    ...columnsOfObject(kept),
    user_principal_name: folded(user.userPrincipalName),
    display_name: folded(user.displayName),
    mail: foldedOrNull(user.mail),
    mail_nickname: folded(user.mailNickname),
    given_name: foldedOrNull(user.givenName),
    surname: foldedOrNull(user.surname),
    user_type: folded(user.userType),
    home_user_id: foldedOrNull(user.home?.userId ?? null),
    manager_id: foldedOrNull(user.managerId),
    city: foldedOrNull(user.city),
    company_name: foldedOrNull(user.companyName),
    country: foldedOrNull(user.country),
    employee_id: foldedOrNull(user.employeeId),
    employee_type: foldedOrNull(user.employeeType),
    on_premises_immutable_id: foldedOrNull(user.onPremisesImmutableId),
    postal_code: foldedOrNull(user.postalCode),
    state: foldedOrNull(user.state),
    account_enabled: user.accountEnabled ? 1 : 0,
    department: foldedOrNull(user.department),
    job_title: foldedOrNull(user.jobTitle),
    office_location: foldedOrNull(user.officeLocation),
    mobile_phone: foldedOrNull(user.mobilePhone),
    preferred_language: foldedOrNull(user.preferredLanguage),
    usage_location: foldedOrNull(user.usageLocation),
  }
}
