import { type RawBuilder, sql } from 'kysely'
import type { GroupMember, GroupStore, MembersQuery } from '../directory/group.ts'
import type { Database } from './database/database.ts'
import { folded } from './directory-object.ts'
import { type FilterableProperties, type FilterableProperty, textElsewhere, whereFilter } from './filter.ts'

/** What the kinds of members have in common, and what is some kind's own and another's without a value. */
const filterable: FilterableProperties = {
  properties: new Map<string, FilterableProperty>([
    ['id', { column: sql.ref('member.id'), kind: 'text', optional: false }],
    ['displayName', textElsewhere(sql`coalesce(u.display_name, g.display_name, s.display_name)`)],
    ['mailNickname', textElsewhere(sql`coalesce(u.mail_nickname, g.mail_nickname)`)],
    ['mail', textElsewhere(sql.ref('u.mail'))],
    ['userPrincipalName', textElsewhere(sql.ref('u.user_principal_name'))],
    ['userType', textElsewhere(sql.ref('u.user_type'))],
    ['appId', textElsewhere(sql.ref('s.app_id'))],
    ['accountEnabled', { column: sql`coalesce(u.account_enabled, s.account_enabled)`, kind: 'flag', optional: true }],
    ['securityEnabled', { column: sql.ref('g.security_enabled'), kind: 'flag', optional: true }],
  ]),
  collections: new Map(),
}

/** Members of a group, of one kind or of all, page by page; deleted ones are none until they are restored. */
export function groupMemberReads(database: Database): Pick<GroupStore, 'members' | 'countMembers'> {
  return {
    members: async (query) => {
      const statement = sql<{ id: string; kind: GroupMember['memberType'] }>`
        ${membersOf(query)}
        select member.id, case when u.id is not null then 'User' when g.id is not null then 'Group'
        else 'ServicePrincipal' end as kind ${liveMembers(query)}
        order by member.id limit ${query.top + 1}`
      const rows = await database.query(statement.compile(database.builder))
      const items = rows.slice(0, query.top).map(({ id, kind }) => ({ memberId: id, memberType: kind }))
      return { items, next: rows.length > query.top ? items.at(-1)?.memberId : undefined }
    },
    countMembers: async (query) => {
      const statement = sql<{ number: number | string }>`
        ${membersOf(query)} select count(*) as number ${liveMembers(query)}`
      const [row] = await database.query(statement.compile(database.builder))
      return Number(row?.number ?? 0)
    },
  }
}

type Asked = Omit<MembersQuery, 'top'>

/** `union` keeps a member once, which also ends the search where groups are members of each other. */
function membersOf({ groupId, depth }: Asked): RawBuilder<unknown> {
  const direct = sql`select member_id from group_member where group_id = ${folded(groupId)}`
  if (depth === 'direct') return sql`with member (id) as (${direct})`
  return sql`with recursive member (id) as (${direct} union
    select group_member.member_id from member
    join directory_group on directory_group.id = member.id and directory_group.deleted_at is null
    join group_member on group_member.group_id = directory_group.id)`
}

const present = {
  User: sql`u.id is not null`,
  Group: sql`g.id is not null`,
  ServicePrincipal: sql`s.id is not null`,
} as const

/** Each table is told where the page begins, so that no database reads it from its own beginning. */
function liveMembers({ groupId, memberType, filter, after }: Asked): RawBuilder<unknown> {
  const behind = (table: string) =>
    after === undefined ? sql`` : sql`and ${sql.ref(`${table}.id`)} > ${folded(after)}`
  const kinds = memberType ? [present[memberType]] : Object.values(present)
  return sql`from member
    left join directory_user u on u.id = member.id and u.deleted_at is null ${behind('u')}
    left join directory_group g on g.id = member.id and g.deleted_at is null ${behind('g')}
    left join service_principal s on s.id = member.id and s.deleted_at is null ${behind('s')}
    where member.id <> ${folded(groupId)} and (${sql.join(kinds, sql` or `)})
    ${filter ? sql`and ${whereFilter(filter, filterable)}` : sql``} ${behind('member')}`
}
