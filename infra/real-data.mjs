// The checks of infra/real-data. What each reader must see is worked out here from the CSV alone, by the rules as they
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

/** The import's own summary: all rows with this outcome, none with another. */
function counted(csv, outcome, summary) {
  const rows = parse(readFileSync(csv, 'utf8')).length
  const counts = Object.fromEntries(readFileSync(summary, 'utf8').trim().split('\n').map((line) => line.split(/\s+/)))
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
const steps = { ports, wait, readers, counted }
if (!steps[step]) fail(`usage: real-data.mjs ${Object.keys(steps).join('|')} …`)
await steps[step](...rest)
