import { sql } from 'kysely'
import { type Group, type GroupMember, type GroupStore, laterGroupProperties } from '../directory/group.ts'
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
  objectColumns,
  objectReader,
  pageOf,
  softDelete,
  unlessMissing,
  unlessMovedOn,
} from './directory-object.ts'
import {
  type FilterableProperties,
  flag,
  holdsNothing,
  instant,
  optionalFlag,
  optionalText,
  text,
  withoutValue,
} from './filter.ts'
import { groupMemberReads } from './group-members.ts'

export const uniqueGroupValues: UniqueValues = {
  directory_group__id: ['group', 'id'],
  directory_group__tenant_id__mail: ['group', 'mail'],
  group_member__group_id__member_id: ['groupMember', 'memberId'],
}

/** Properties that Graph knows and that no group here has. */
const neverSet = [
  'deletedDateTime',
  'expirationDateTime',
  'membershipRule',
  'membershipRuleProcessingState',
  'onPremisesSecurityIdentifier',
  'onPremisesSyncEnabled',
  'preferredDataLocation',
  'uniqueName',
]

export const filterableGroups: FilterableProperties = {
  properties: new Map([
    ['id', text('id')],
    ['displayName', text('display_name')],
    ['mailNickname', text('mail_nickname')],
    ['description', optionalText('description')],
    ['mailEnabled', flag('mail_enabled')],
    ['securityEnabled', flag('security_enabled')],
    ['createdDateTime', instant('created_at')],
    ['isAssignableToRole', optionalFlag('is_assignable_to_role')],
    ['mail', optionalText('mail')],
    ...neverSet.map((name) => [name, withoutValue] as const),
  ]),
  collections: new Map([
    ['groupTypes', holdsValue('directory_group', 'groupTypes')],
    ['proxyAddresses', holdsNothing],
  ]),
  collectionPrefixes: new Map([
    ['groupTypes', holdsPrefix('directory_group', 'groupTypes')],
    ['proxyAddresses', holdsNothing],
  ]),
  words: searchable('directory_group', ['displayName', 'description']),
  indexed: ['displayName', 'mailNickname'],
  sortable: ['displayName', 'createdDateTime'],
}

export function groupStore(database: Database): GroupStore {
  const { builder } = database
  const live = () => builder.selectFrom('directory_group').select(objectColumns).where('deleted_at', 'is', null)
  return {
    byId: async (id) => {
      const rows = await database.query(live().where('id', '=', folded(id)).compile())
      return rows[0] && groupOf(rows[0])
    },
    count: (query) => countOf(database, 'directory_group', filterableGroups, query),
    list: (query) =>
      pageOf(
        database,
        { table: 'directory_group', columns: objectColumns, objectOf: groupOf },
        filterableGroups,
        query,
      ),
    ...groupMemberReads(database),
    byIds: async (ids) => {
      if (ids.length === 0) return []
      const rows = await database.query(live().where('id', 'in', ids.map(folded)).compile())
      return rows.map((row) => groupOf(row))
    },
    membersOfEach: async (groupIds, atMost) => {
      if (groupIds.length === 0) return []
      return (await database.query(membersOfEach(groupIds, atMost).compile(builder))).map(memberOf)
    },
    membershipsOfEach: async (memberIds, atMost) => {
      if (memberIds.length === 0) return []
      return (await database.query(membershipsOfEach(memberIds, atMost).compile(builder))).map(memberOf)
    },
    membersOf: async (groupId) => (await database.query(liveMembers(groupId).compile(builder))).map(memberOf),
    directGroupsOf: async (memberId) =>
      (await database.query(directGroups(memberId).compile(builder))).map((row) => row.id),
    transitiveGroupsOf: async (memberId) =>
      (await database.query(transitiveGroups(memberId).compile(builder))).map((row) => row.id),
    roleAssignableGroupsOf: async (principalId) =>
      (await database.query(roleAssignableGroups(principalId).compile(builder))).map((row) => row.id),
    transitiveSecurityGroupsOf: async (memberId) =>
      (await database.query(transitiveGroups(memberId, securityGroups).compile(builder))).map((row) => row.id),
  }
}

export const groupOf = objectReader<Group>(laterGroupProperties)

function memberOf(row: { record: string }): GroupMember {
  return JSON.parse(row.record)
}

/** A deleted object keeps its memberships, for the day it is restored, but is no member until then. */
const memberIsLive = sql`not exists (select 1 from directory_user where id = member_id and deleted_at is not null)
  and not exists (select 1 from directory_group where id = member_id and deleted_at is not null)
  and not exists (select 1 from service_principal where id = member_id and deleted_at is not null)`

function liveMembers(groupId: string) {
  return sql<{ record: string }>`
    select record from group_member where group_id = ${folded(groupId)} and ${memberIsLive} order by member_id`
}

function membersOfEach(groupIds: readonly string[], atMost: number) {
  return sql<{ record: string }>`
    select record from (
      select record, row_number() over (partition by group_id order by member_id) as place
      from group_member where group_id in (${sql.join(groupIds.map(folded))}) and ${memberIsLive}
    ) as ranked where place <= ${atMost} order by place`
}

function membershipsOfEach(memberIds: readonly string[], atMost: number) {
  return sql<{ record: string }>`
    select record from (
      select group_member.record, row_number() over (partition by member_id order by group_id) as place
      from group_member
      join directory_group on directory_group.id = group_member.group_id and directory_group.deleted_at is null
      where member_id in (${sql.join(memberIds.map(folded))})
    ) as ranked where place <= ${atMost} order by place`
}

function directGroups(memberId: string) {
  return sql<{ id: string }>`
    select directory_group.id from group_member
    join directory_group on directory_group.id = group_member.group_id and directory_group.deleted_at is null
    where group_member.member_id = ${folded(memberId)} order by directory_group.id`
}

function roleAssignableGroups(principalId: string) {
  const id = folded(principalId)
  return sql<{ id: string }>`
    select id from directory_group where is_assignable_to_role = 1 and deleted_at is null and id in (
      select group_id from group_member where member_id = ${id}
      union all
      select object_id from collection_value where collection = 'owners' and value = ${id}
    ) order by id`
}

const securityGroups = sql`and id in (select id from directory_group where security_enabled = 1)`

/** `union` keeps a group once, which also ends the search where groups are members of each other. */
function transitiveGroups(memberId: string, among = sql``) {
  const id = folded(memberId)
  return sql<{ id: string }>`
    with recursive membership (id) as (
      select directory_group.id from group_member
      join directory_group on directory_group.id = group_member.group_id and directory_group.deleted_at is null
      where group_member.member_id = ${id}
      union
      select directory_group.id from membership
      join group_member on group_member.member_id = membership.id
      join directory_group on directory_group.id = group_member.group_id and directory_group.deleted_at is null
    )
    select id from membership where id <> ${id} ${among} order by id`
}

export function statementsForGroups(
  builder: StatementBuilder,
): StatementsFor<
  'createGroup' | 'updateGroup' | 'deleteGroup' | 'restoreGroup' | 'addGroupMember' | 'removeGroupMember'
> {
  return {
    createGroup: ({ group }) => [
      {
        query: builder
          .insertInto('directory_group')
          .values({ ...columnsOf(group), ...columnsOfNewObject(group) })
          .compile(),
      },
      ...insertCollections(builder, group.id, collectionsOf(group)),
    ],
    updateGroup: ({ group }) => [
      {
        query: builder
          .updateTable('directory_group')
          .set({ ...columnsOf(group), version: nextVersion })
          .where('id', '=', folded(group.id))
          .where('deleted_at', 'is', null)
          .returning('version')
          .compile(),
        refusal: unlessMovedOn('group', group),
      },
      ...replaceCollections(builder, group.id, collectionsOf(group)),
    ],
    deleteGroup: ({ id, deletedDateTime }) => [
      softDelete(builder, { table: 'directory_group', kind: 'group', id, deletedDateTime }),
      ...removeExpiredItems(builder, 'group', deletedDateTime),
    ],
    restoreGroup: ({ id }) => [restoreObject(builder, 'group', id)],
    addGroupMember: ({ member }) => [
      ...mustBeLive(builder, ['directory_group'], 'group', member.groupId),
      {
        query: builder
          .insertInto('group_member')
          .values({
            group_id: folded(member.groupId),
            member_id: folded(member.memberId),
            record: JSON.stringify(member),
          })
          .compile(),
      },
    ],
    removeGroupMember: ({ groupId, memberId }) => [
      {
        query: builder
          .deleteFrom('group_member')
          .where('group_id', '=', folded(groupId))
          .where('member_id', '=', folded(memberId))
          .returning('member_id')
          .compile(),
        refusal: unlessMissing('groupMember', memberId),
      },
    ],
  }
}

function collectionsOf({ groupTypes, owners, displayName, description }: Group) {
  return { groupTypes, owners, ...wordsOf({ displayName, description }) }
}

function columnsOf(group: Group) {
  return {
    ...columnsOfObject(group),
    display_name: folded(group.displayName),
    mail_nickname: folded(group.mailNickname),
    description: foldedOrNull(group.description),
    mail_enabled: group.mailEnabled ? 1 : 0,
    security_enabled: group.securityEnabled ? 1 : 0,
    mail: foldedOrNull(group.mail),
    is_assignable_to_role: group.isAssignableToRole === null ? null : group.isAssignableToRole ? 1 : 0,
  }
}
