// Asks iam-simulate about many requests in one process: JSON on stdin, JSON on stdout.
//
// In:  {documents: {key: policy}, requests: [{principal, action, resource, account, keys, identity, resourcePolicy,
//       boundary, scp}], mutants: [{document: key, policy}]}; the last five of a request name documents.
// Out: {verdicts: [result], killed: [[index of a request that is judged otherwise] or []]}.
// A policy without statements is no policy. `deny` is an explicit one; `error: ...` is a request the simulator refuses.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { runSimulation } = createRequire(`${process.argv[2]}/`)('@cloud-copilot/iam-simulate')
const { documents, requests, mutants } = JSON.parse(readFileSync(0, 'utf8'))
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const stands = (policy) => policy !== undefined && policy.Statement.length > 0

async function judged(request, changed) {
  const of = (key) => (key === changed?.document ? changed.policy : documents[key])
  const named = (keys) => keys.map((key) => ({ name: key, policy: of(key) })).filter((each) => stands(each.policy))
  const resourcePolicy = request.resourcePolicy ? of(request.resourcePolicy) : undefined
  const levels = [{ name: 'everything', policy: EVERYTHING }]
  if (request.scp) levels.push({ name: request.scp, policy: of(request.scp) })
  const found = await runSimulation(
    {
      request: {
        principal: request.principal,
        action: request.action,
        resource: { resource: request.resource, accountId: request.account },
        contextVariables: request.keys
      },
      identityPolicies: named(request.identity),
      serviceControlPolicies: [{ orgIdentifier: 'root', policies: levels }],
      resourceControlPolicies: [],
      ...(stands(resourcePolicy) ? { resourcePolicy } : {}),
      ...(request.boundary ? { permissionBoundaryPolicies: named([request.boundary]) } : {})
    },
    {}
  )
  if (found.resultType === 'error') return `error: ${JSON.stringify(found.errors)}`
  return { Allowed: 'allow', ExplicitlyDenied: 'deny' }[found.overallResult] ?? 'none'
}

const verdicts = []
for (const request of requests) verdicts.push(await judged(request))

const concerns = (request, key) =>
  request.identity.includes(key) || [request.resourcePolicy, request.boundary, request.scp].includes(key)

const killed = []
for (const mutant of mutants ?? []) {
  const noticed = []
  for (const [index, request] of requests.entries()) {
    if (!concerns(request, mutant.document)) continue
    if (((await judged(request, mutant)) === 'allow') !== (verdicts[index] === 'allow')) {
      noticed.push(index)
      break
    }
  }
  killed.push(noticed)
}
process.stdout.write(JSON.stringify({ verdicts, killed }))
