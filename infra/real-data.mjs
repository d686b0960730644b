// The checks of infra/real-data and infra/themes. What each reader must see is worked out here from the CSV alone, by the rules as they
// are meant, without the platform's own parser, clock or mapping. Only what comes with node is used.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

// Who gets a record, as the mapping's remarks say it.
const KEPT = ['aanrijding met een persoon', 'inzet van de politie', 'politieonderzoek', 'om veiligheidsredenen']
const DIGITAL = [
  'systeemstoring',
  'storing in de bediening van seinen',
  'grote sein- en wisselstoring',
  'sein- en wisselstoring',
  'sein-en overwegstoring',
  'seinstoring',
  'stroomstoring',
]

function audience(row) {
  if (KEPT.includes(row.statistical_cause_nl)) return 'nobody'
  if (DIGITAL.includes(row.statistical_cause_nl)) return 'circle'
  if (row.cause_group === 'staff' || row.cause_group === 'unknown') return 'nobody'
  return 'everyone'
}

function fail(message) {
  console.error(`FAILED: ${message}`)
  process.exit(1)
}

/** RFC 4180, letter by letter. */
function parse(text) {
  const rows = []
  let row = []
  let field = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]
    if (quoted) {
      if (sign !== '"') field += sign
      else if (text[i + 1] === '"') field += text[++i]
      else quoted = false
    } else if (sign === '"' && field === '') quoted = true
    else if (sign === ',') row.push(field), (field = '')
    else if (sign === '\n') row.push(field), rows.push(row), (row = []), (field = '')
    else if (sign !== '\r') field += sign
  }
  if (field !== '' || row.length > 0) row.push(field), rows.push(row)
  const [header, ...records] = rows
  return records.map((record) => Object.fromEntries(header.map((name, place) => [name, record[place]])))
}

/** 01:00 UTC on the last Sunday of a month: when Dutch clocks change. */
function change(year, month) {
  const last = new Date(Date.UTC(year, month, 0))
  return Date.UTC(year, month - 1, last.getUTCDate() - last.getUTCDay(), 1)
}

/** Dutch local time → instant; of two, the first. */
function instant(local) {
  const [year, month, day, hour, minute, second] = local.split(/[- :]/).map(Number)
  const summer = Date.UTC(year, month - 1, day, hour - 2, minute, second)
  const isSummer = summer >= change(year, 3) && summer < change(year, 10)
  return isSummer ? summer : summer + 3_600_000
}

/** Whether the clock showed this local time twice. */
function twice(local) {
  if (!local) return false
  const year = Number(local.slice(0, 4))
  const since = instant(local) - change(year, 10)
  return since >= -3_600_000 && since < 0
}

async function ask(api, token, purpose, query, variables) {
  const answer = await fetch(api, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'samenzicht-purpose': purpose,
      'content-type': 'application/json',
      'accept-language': 'en',
    },
    body: JSON.stringify({ query, variables }),
  })
  return answer.json()
}

const PAGE = `query Page($after: String) {
  signals(first: 500, after: $after, filter: { category: "rail-disruption" }) {
    nodes { narrative observedFrom note }
    pageInfo { hasNextPage endCursor }
  }
}`

/** Every rail record that an account sees under a purpose, by its number at the source. */
async function pages(api, account, purpose) {
  const token = execFileSync(process.env.SAMENZICHT, ['token', account], { encoding: 'utf8' }).trim()
  const found = new Map()
  let after = null
  do {
    const { data, errors } = await ask(api, token, purpose, PAGE, { after })
    if (errors) fail(`${account} under ${purpose}: ${JSON.stringify(errors)}`)
    for (const node of data.signals.nodes) {
      const number = /Rijden de Treinen, verstoring (\d+)\.$/.exec(node.narrative)?.[1]
      if (!number) continue // of the demo's own story
      if (found.has(number)) fail(`${account} got disruption ${number} twice`)
      found.set(number, node)
    }
    after = data.signals.pageInfo.hasNextPage ? data.signals.pageInfo.endCursor : null
  } while (after)
  return found
}

function same(who, found, wanted) {
  const missing = [...wanted].filter((number) => !found.has(number))
  const surplus = [...found.keys()].filter((number) => !wanted.has(number))
  if (missing.length + surplus.length > 0) {
    fail(`${who}: ${missing.length} missing (${missing.slice(0, 5)}), ${surplus.length} too many (${surplus.slice(0, 5)})`)
  }
  console.log(`ok  ${who}: exactly ${wanted.size} records`)
}

async function readers(csv, api) {
  const rows = parse(readFileSync(csv, 'utf8'))
  const of = (kind) => new Set(rows.filter((row) => audience(row) === kind).map((row) => row.rdt_id))
  const [all, circle, everyone] = [new Set(rows.map((row) => row.rdt_id)), of('circle'), of('everyone')]
  const owner = await pages(api, 'ilt.analyst', 'risicoanalyse')
  same('owner, ilt.analyst', owner, all)
  same('circle member, jenv.analyst under digitale-weerbaarheid', await pages(api, 'jenv.analyst', 'digitale-weerbaarheid'), circle)
  same('circle member, jenv.analyst under risicoanalyse', await pages(api, 'jenv.analyst', 'risicoanalyse'), everyone)
  same('outsider, nvwa.analyst under risicoanalyse', await pages(api, 'nvwa.analyst', 'risicoanalyse'), everyone)
  same('outsider, nvwa.inspector under toezicht', await pages(api, 'nvwa.inspector', 'toezicht'), everyone)
  same('outsider, nvwa.analyst under digitale-weerbaarheid', await pages(api, 'nvwa.analyst', 'digitale-weerbaarheid'), new Set())
  for (const row of rows) {
    const { observedFrom, note } = owner.get(row.rdt_id)
    if (Date.parse(observedFrom) !== instant(row.start_time)) fail(`disruption ${row.rdt_id} begins at ${observedFrom}, not ${row.start_time}`)
    const remarked = twice(row.start_time) || twice(row.end_time)
    if (Boolean(note) !== remarked) fail(`disruption ${row.rdt_id} ${note ? 'has a' : 'lacks its'} note on the double hour`)
  }
  console.log(`ok  every begin is the file's, and ${rows.filter((row) => twice(row.start_time) || twice(row.end_time)).length} notes on the double hour`)
}

const PROPOSE = `query Themes($first: Int!, $filter: SignalFilter!) {
  themeProposals(first: $first, filter: $filter) {
    considered complete
    proposals { label score memberCount shared { members words } members { signal { externalReference { reference } } } }
  }
}`

/** The lines of a disruption; one may name several. */
const lines = (row) => row.rdt_lines.split(',').map((line) => line.trim()).filter(Boolean)

/** Cause with line, as often as it must repeat to count as a group. */
function repeated(rows, times) {
  const groups = new Map()
  for (const row of rows.filter((row) => row.cause_nl)) {
    for (const line of lines(row)) {
      const key = `${row.cause_nl} | ${line}`
      groups.set(key, (groups.get(key) ?? new Set()).add(row.rdt_id))
    }
  }
  return [...groups.values()].filter((group) => group.size >= times)
}

/** Two disruptions of one cause that share a line. */
const together = (one, other) => one.cause_nl !== '' && one.cause_nl === other.cause_nl && lines(one).some((line) => lines(other).includes(line))

/** How many pairs of members there are, and how many of them belong together; of what the columns say nothing, nothing
 * is measured. */
function pairs(proposals, byNumber) {
  let [all, right] = [0, 0]
  for (const { members } of proposals) {
    const rows = members.map((number) => byNumber.get(number)).filter((row) => row.cause_nl && lines(row).length > 0)
    rows.forEach((one, place) => {
      for (const other of rows.slice(place + 1)) (all += 1), (right += together(one, other) ? 1 : 0)
    })
  }
  return { all, right }
}

/** Groups of which a proposal has at least this part, and little else: four fifths of it is of the group. */
const found = (groups, proposals, part) =>
  groups.filter((group) =>
    proposals.some(({ members }) => {
      const both = members.filter((number) => group.has(number)).length
      return both >= part * group.size && both >= 0.8 * members.length
    }),
  ).length

/** Asks for proposals over a year; every number must equal its list. */
async function proposed(api, token, first, filter) {
  const began = Date.now()
  const { data, errors } = await ask(api, token, 'risicoanalyse', PROPOSE, { first, filter })
  if (errors) fail(`themes: ${JSON.stringify(errors)}`)
  const { considered, complete, proposals } = data.themeProposals
  for (const { label, memberCount, members, shared } of proposals) {
    if (memberCount !== members.length) fail(`${label}: ${memberCount} members, ${members.length} in the list`)
    if (shared.length === 0) fail(`${label}: no reason`)
    if (shared.some((one) => one.members > memberCount)) fail(`${label}: shared by more than there are`)
  }
  const plain = proposals.map(({ label, score, members }) => ({
    label,
    score,
    members: members.map(({ signal }) => signal.externalReference?.reference),
  }))
  return { considered, complete, proposals: plain, seconds: (Date.now() - began) / 1000 }
}

const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)}%`.padStart(6)

/** How far repeated cause and line come out, from texts alone: the structured columns are only the measure. */
async function themes(csv, api) {
  const rows = parse(readFileSync(csv, 'utf8'))
  const byNumber = new Map(rows.map((row) => [row.rdt_id, row]))
  const token = execFileSync(process.env.SAMENZICHT, ['token', 'ilt.analyst'], { encoding: 'utf8' }).trim()
  const sum = { groups: 0, half: 0, most: 0, all: 0, right: 0, tight: 0, tightRight: 0 }
  console.log('year  signals  proposals  seconds  groups  half found  most found  pairs right  of tight')
  for (let year = 2011; year <= 2022; year++) {
    const filter = { category: 'rail-disruption', observedFrom: `${year - 1}-12-31T23:00:00Z`, observedUntil: `${year}-12-31T23:00:00Z` }
    const answer = await proposed(api, token, 500, filter)
    if (!answer.complete) fail(`of ${year} only ${answer.considered} signals were looked at: the machine is too busy to measure on`)
    const proposals = answer.proposals.filter(({ members }) => members.every((number) => byNumber.has(number)))
    const groups = repeated(rows.filter((row) => new Date(instant(row.start_time) + 3_600_000).getUTCFullYear() === year), 5)
    const [half, most] = [found(groups, proposals, 0.5), found(groups, proposals, 0.8)]
    const { all, right } = pairs(proposals, byNumber)
    const tight = pairs(proposals.filter(({ score }) => score >= 0.8), byNumber)
    Object.entries({ groups: groups.length, half, most, all, right, tight: tight.all, tightRight: tight.right }).forEach(([name, value]) => (sum[name] += value))
    console.log(
      [year, String(answer.considered).padStart(8), String(proposals.length).padStart(10), answer.seconds.toFixed(1).padStart(8), String(groups.length).padStart(7)].join(' '),
      '    ', percent(half, groups.length), '    ', percent(most, groups.length), '     ', percent(right, all), '  ', percent(tight.right, tight.all),
    )
  }
  const { considered, complete, seconds } = await proposed(api, token, 20, { category: 'rail-disruption' })
  console.log(`the newest ${considered} of all years in ${seconds.toFixed(1)} seconds${complete ? '' : ', and there are more'}`)
  const floors = { half: [sum.half / sum.groups, 0.75], pairs: [sum.right / sum.all, 0.75], tight: [sum.tightRight / sum.tight, 0.98] }
  console.log(`of ${sum.groups} combinations of cause and line that repeat five times in a year,${percent(sum.half, sum.groups)} come out for half or more,${percent(sum.most, sum.groups)} for four fifths or more`)
  console.log(`of ${sum.all} pairs that are proposed together,${percent(sum.right, sum.all)} have one cause and share a line;${percent(sum.tightRight, sum.tight)} in proposals with a score of 0.8 or more`)
  for (const [name, [value, floor]] of Object.entries(floors)) if (!(value >= floor)) fail(`${name}: ${value}, below ${floor}`)
  console.log('themes: the floors hold')
}

/** The import's own summary, by name. */
const summed = (summary) => Object.fromEntries(readFileSync(summary, 'utf8').trim().split('\n').map((line) => line.split(/\s+/)))

/** A file that was exported holds exactly what the outsider sees, as a table and as lines. */
function exported(csv, table, lines) {
  const wanted = new Set(parse(readFileSync(csv, 'utf8')).filter((row) => audience(row) === 'everyone').map((row) => row.rdt_id))
  const objects = readFileSync(lines, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
  const cells = parse(readFileSync(table, 'utf8')).map((row) => ({ externalReference: { reference: row['externalReference.reference'] } }))
  for (const [name, rows] of [['lines', objects], ['table', cells]]) {
    const found = new Map(rows.filter((row) => row.externalReference?.reference).map((row) => [row.externalReference.reference, row]))
    same(`exported as ${name} by nvwa.analyst`, found, wanted)
  }
}

/** A business with an address that lacks its postcode, or the other way round. */
const halfAddressed = (row) => (row.AddressLine1 + row.AddressLine2 + row.AddressLine3 + row.AddressLine4 === '') !== (row.PostCode === '')

/** Businesses as parties: what has half an address is refused, the rest is in; a second time nothing is new. */
function businesses(csv, when, summary) {
  const rows = parse(readFileSync(csv, 'utf8'))
  const refused = rows.filter(halfAddressed).length
  const { rows: told, created, unchanged, rejected } = summed(summary)
  if (Number(told) !== rows.length || Number(rejected) !== refused) fail(`${told} rows, ${rejected} rejected; not ${rows.length} and ${refused}`)
  if (Number(created) + Number(unchanged) !== rows.length - refused) fail(`${created} created and ${unchanged} unchanged`)
  if (when === 'old' && Number(created) !== 0) fail(`${created} were made twice`)
  console.log(`ok  ${rows.length} businesses: ${created} new, ${unchanged} known, ${refused} with half an address refused`)
}

/** Ratings as signals: what was never rated, what has half an address and what stands twice is refused. */
function ratings(csv, summary) {
  const seen = new Set()
  const key = (row) => JSON.stringify(['BusinessName', 'Authority', 'AddressLine1', 'AddressLine2', 'PostCode', 'BusinessType', 'RatingDate', 'RatingValue'].map((name) => row[name].trim()))
  const rows = parse(readFileSync(csv, 'utf8'))
  let good = 0
  for (const row of rows) {
    if (row.RatingDate === '' || seen.has(key(row))) continue
    seen.add(key(row))
    if (!halfAddressed(row)) good += 1
  }
  const { created, rejected } = summed(summary)
  if (Number(created) !== good || Number(rejected) !== rows.length - good) fail(`${created} created, ${rejected} rejected; not ${good} and ${rows.length - good}`)
  console.log(`ok  ${good} ratings about these businesses, ${rows.length - good} refused`)
}

/** The import's own summary: all rows with this outcome, none with another. */
function counted(csv, outcome, summary) {
  const rows = parse(readFileSync(csv, 'utf8')).length
  const counts = summed(summary)
  for (const name of ['created', 'changed', 'unchanged', 'rejected']) {
    const wanted = name === outcome ? rows : 0
    if (Number(counts[name]) !== wanted) fail(`${counts[name]} ${name}, not ${wanted}`)
  }
  console.log(`ok  ${rows} rows ${outcome}`)
}

async function ports() {
  const servers = [createServer(), createServer()]
  await Promise.all(servers.map((server) => new Promise((done) => server.listen(0, '127.0.0.1', done))))
  console.log(servers.map((server) => server.address().port).join(' '))
  servers.forEach((server) => server.close())
}

/** Until the platform says that it is ready, or its process is gone. */
async function wait(address, pid) {
  for (let tries = 0; tries < 600; tries++) {
    try {
      process.kill(Number(pid), 0)
    } catch {
      fail('the demo ended before it was ready')
    }
    const answer = await fetch(address).catch(() => null)
    if (answer?.ok) return
    await new Promise((done) => setTimeout(done, 200))
  }
  fail(`nothing answers at ${address}`)
}

const [step, ...rest] = process.argv.slice(2)
const steps = { ports, wait, readers, counted, themes, exported, businesses, ratings }
if (!steps[step]) fail(`usage: real-data.mjs ${Object.keys(steps).join('|')} …`)
await steps[step](...rest)
