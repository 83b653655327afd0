import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  GetContextKeysForCustomPolicyCommand,
  GetContextKeysForPrincipalPolicyCommand,
  PutGroupPolicyCommand,
  PutUserPermissionsBoundaryCommand,
  SimulateCustomPolicyCommand,
  type SimulateCustomPolicyCommandInput,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { ACCOUNT, enforcing, policy } from '../support/enforcing.ts'
import { refusal } from '../support/sqs.ts'

const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`

async function custom(input: Partial<SimulateCustomPolicyCommandInput>) {
  const { root } = await enforcing('off')
  const command = new SimulateCustomPolicyCommand({ PolicyInputList: [], ActionNames: ['sqs:SendMessage'], ...input })
  return (await root.send(command)).EvaluationResults ?? []
}

test('a policy that nobody has says what it would allow, action by action, and where it says so', async () => {
  const first = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"},'
  const second = '{"Effect":"Deny","Action":"sqs:Delete*","Resource":"*"}'
  const ActionNames = ['sqs:SendMessage', 'sqs:DeleteQueue', 's3:GetObject']
  const results = await custom({ PolicyInputList: [`${first}${second}]}`], ActionNames })
  expect(results.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision])).toEqual([
    ['sqs:SendMessage', 'allowed'],
    ['sqs:DeleteQueue', 'explicitDeny'],
    ['s3:GetObject', 'implicitDeny'],
  ])
  expect(results[1]?.MatchedStatements).toEqual([
    {
      SourcePolicyId: 'PolicyInputList.1',
      SourcePolicyType: 'IAM Policy',
      StartPosition: { Line: 1, Column: first.length + 2 },
      EndPosition: { Line: 1, Column: first.length + second.length + 1 },
    },
  ])
  expect(results[2]?.MatchedStatements).toEqual([])
})

test('each resource is decided for itself, with what is missing of the context', async () => {
  const PolicyInputList = [
    policy({ Action: 'sqs:*', Resource: QUEUE, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'red' } } }),
  ]
  const ResourceArns = [QUEUE, `${QUEUE}-2`]
  const [unknown] = await custom({ PolicyInputList, ResourceArns })
  expect(unknown).toMatchObject({
    EvalDecision: 'implicitDeny',
    ResourceSpecificResults: [
      {
        EvalResourceName: QUEUE,
        EvalResourceDecision: 'implicitDeny',
        MissingContextValues: ['aws:PrincipalTag/team'],
      },
      { EvalResourceName: `${QUEUE}-2`, EvalResourceDecision: 'implicitDeny', MissingContextValues: [] },
    ],
  })
  const entry = {
    ContextKeyName: 'aws:PrincipalTag/team',
    ContextKeyType: 'string' as const,
    ContextKeyValues: ['red'],
  }
  const [known] = await custom({ PolicyInputList, ResourceArns, ContextEntries: [entry] })
  const decisions = known?.ResourceSpecificResults?.map(({ EvalResourceDecision }) => EvalResourceDecision)
  expect(decisions).toEqual(['allowed', 'implicitDeny'])
})

test('boundaries, resources’ policies and control policies have their say', async () => {
  const all = policy({ Action: '*', Resource: '*' })
  const [bounded] = await custom({
    PolicyInputList: [all],
    PermissionsBoundaryPolicyInputList: [policy({ Action: 's3:*', Resource: '*' })],
  })
  expect(bounded).toMatchObject({
    EvalDecision: 'implicitDeny',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  })
  const CallerArn = `arn:aws:iam::${ACCOUNT}:user/alice`
  const foreign = { ResourceArns: ['arn:aws:sqs:us-east-1:000000000042:orders'], CallerArn }
  const open = policy({ Principal: { AWS: ACCOUNT }, Action: 'sqs:SendMessage', Resource: '*' })
  const [across] = await custom({ PolicyInputList: [], ResourcePolicy: open, ...foreign })
  expect(across?.ResourceSpecificResults?.[0]).toMatchObject({
    EvalResourceDecision: 'implicitDeny',
    EvalDecisionDetails: { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' },
  })
  const [both] = await custom({ PolicyInputList: [all], ResourcePolicy: open, ...foreign })
  expect(both?.EvalDecision).toBe('allowed')
  const OrderedOrganizationPolicyInputList = [
    { OrgEntityType: 'Root', ServiceControlPolicyInputList: [policy({ Action: 's3:*', Resource: '*' })] },
  ]
  const controlled = await custom({ PolicyInputList: [all], OrderedOrganizationPolicyInputList } as object)
  expect(controlled[0]).toMatchObject({
    EvalDecision: 'implicitDeny',
    OrganizationsDecisionDetail: { AllowedByOrganizations: false },
  })
})

test('a principal is simulated with all that is its own: inline, attached, of its groups, and its boundary', async () => {
  const { root, user } = await enforcing('off')
  const alice = await user('alice', policy({ Sid: 'Own', Action: 'sqs:SendMessage', Resource: QUEUE }))
  await root.send(new CreateGroupCommand({ GroupName: 'ops' }))
  await root.send(new AddUserToGroupCommand({ GroupName: 'ops', UserName: 'alice' }))
  const PolicyDocument = policy({ Effect: 'Deny', Action: 'sqs:Purge*', Resource: '*' })
  await root.send(new PutGroupPolicyCommand({ GroupName: 'ops', PolicyName: 'careful', PolicyDocument }))
  const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSQSFullAccess'
  const simulate = async (ActionNames: string[], more: object = {}) => {
    const input = { PolicySourceArn: alice.arn, ActionNames, ResourceArns: [QUEUE], ...more }
    const { EvaluationResults = [] } = await root.send(new SimulatePrincipalPolicyCommand(input))
    return EvaluationResults.map(({ EvalDecision, MatchedStatements = [] }) => [
      EvalDecision,
      ...MatchedStatements.map(({ SourcePolicyId, SourcePolicyType }) => `${SourcePolicyType} ${SourcePolicyId}`),
    ])
  }
  const actions = ['sqs:SendMessage', 'sqs:DeleteQueue', 'sqs:PurgeQueue']
  const [send, remove, purge] = await simulate(actions)
  expect([send?.[0], remove?.[0], purge?.[0]]).toEqual(['allowed', 'implicitDeny', 'explicitDeny'])
  await root.send(new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn }))
  expect((await simulate(actions)).map(([decision]) => decision)).toEqual(['allowed', 'allowed', 'explicitDeny'])
  const boundary = await root.send(
    new CreatePolicyCommand({ PolicyName: 'edge', PolicyDocument: policy({ Action: 'sqs:Send*', Resource: '*' }) }),
  )
  const PermissionsBoundary = boundary.Policy?.Arn ?? ''
  await root.send(new PutUserPermissionsBoundaryCommand({ UserName: 'alice', PermissionsBoundary }))
  expect((await simulate(actions)).map(([decision]) => decision)).toEqual(['allowed', 'implicitDeny', 'explicitDeny'])
})

test('what is not a policy, an action or a principal is refused', async () => {
  const { root } = await enforcing('off')
  const simulate = (more: Partial<SimulateCustomPolicyCommandInput>) =>
    refusal(
      root.send(new SimulateCustomPolicyCommand({ PolicyInputList: [], ActionNames: ['sqs:SendMessage'], ...more })),
    )
  expect(await simulate({ PolicyInputList: ['nonsense'] })).toMatch(/^InvalidInputException: /)
  expect(await simulate({ ActionNames: ['SendMessage'] })).toMatch(
    /^InvalidInputException: Invalid Action: SendMessage/,
  )
  const nobody = { PolicySourceArn: `arn:aws:iam::${ACCOUNT}:user/nobody`, ActionNames: ['sqs:SendMessage'] }
  expect(await refusal(root.send(new SimulatePrincipalPolicyCommand(nobody)))).toMatch(/^NoSuchEntityException: /)
})

test('the context keys of policies are told, each once', async () => {
  const { root, user } = await enforcing('off')
  const PolicyInputList = [
    policy(
      {
        Action: '*',
        Resource: `arn:aws:s3:::\${aws:username}/*`,
        Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      },
      { Action: '*', Resource: '*', Condition: { StringEquals: { 'AWS:sourceip': `\${aws:PrincipalTag/team}` } } },
    ),
  ]
  const keys = await root.send(new GetContextKeysForCustomPolicyCommand({ PolicyInputList }))
  expect(keys.ContextKeyNames?.map(key => key.toLowerCase()).sort()).toEqual([
    'aws:principaltag/team',
    'aws:sourceip',
    'aws:username',
  ])
  const alice = await user(
    'alice',
    policy({ Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
  )
  const own = await root.send(new GetContextKeysForPrincipalPolicyCommand({ PolicySourceArn: alice.arn }))
  expect(own.ContextKeyNames).toEqual(['aws:SecureTransport'])
})
