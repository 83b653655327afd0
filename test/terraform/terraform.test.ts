import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge'
import { IAMClient, ListRolesCommand, ListUsersCommand } from '@aws-sdk/client-iam'
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { ECHO, zip } from '../support/lambda.ts'

/** Where machines keep providers for Terraform, so that nothing is downloaded. */
const mirror = [
  process.env.TERRAFORM_MIRROR ?? '',
  join(homedir(), '.terraform.d/plugins'),
  '/usr/local/share/terraform/plugins',
  '/usr/share/terraform/plugins',
].find(path => path && existsSync(join(path, 'registry.terraform.io/hashicorp/aws')))

const missing = whatIsMissing()

function whatIsMissing(): string {
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' })
  } catch {
    return 'skipped: there is no terraform on the PATH'
  }
  return mirror ? '' : 'skipped: no folder with the AWS provider; TERRAFORM_MIRROR may name one'
}

type Ended = { code: number; output: string }

describe.skipIf(missing)(`Terraform${missing && ` (${missing})`}`, { timeout: 150_000 }, () => {
  // The provider takes a queue's URL only with two parts in its path, so none with `/_ns/<name>`: `main`, of an own emulator.
  const { client } = testClients('main')
  const url = inject('emulatorUrl')
  let folder = ''

  const terraform = (...args: string[]) =>
    new Promise<Ended>(resolve => {
      const TF_VAR_function_zip = join(folder, 'function.zip')
      const TF_CLI_CONFIG_FILE = join(folder, 'terraform.rc')
      const env = {
        ...process.env,
        TF_VAR_endpoint: url,
        TF_VAR_function_zip,
        TF_CLI_CONFIG_FILE,
        CHECKPOINT_DISABLE: '1',
      }
      execFile('terraform', [...args, '-no-color'], { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, output: out + err })
      })
    })

  const done = async (...args: string[]) => {
    const { code, output } = await terraform(...args)
    if (code !== 0) throw new Error(output)
    return output
  }

  const apply = (...args: string[]) => done('apply', '-auto-approve', '-input=false', ...args)

  /** Fails with the plan itself when it has changes (exit code 2). */
  const planIsEmpty = (...args: string[]) => done('plan', '-detailed-exitcode', '-input=false', ...args)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fakecloud-terraform-'))
    const files = ['main', 'network', 'messages', 'functions', 'buckets'].map(name => `${name}.tf`)
    await Promise.all(files.map(name => cp(join(import.meta.dirname, name), join(folder, name))))
    await writeFile(join(folder, 'function.zip'), zip(ECHO))
    const installation = `filesystem_mirror {\n path = "${mirror}"\n }`
    await writeFile(join(folder, 'terraform.rc'), `provider_installation {\n ${installation}\n}\n`)
    await done('init', '-input=false')
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('applies a configuration of all services', async () => {
    expect(await apply()).toMatch(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed/)
  })

  test('plans nothing after an apply: what is read back is what was written', () => planIsEmpty())

  test('changes attributes in place', async () => {
    expect(await apply('-refresh=false', '-var=changed=true')).toMatch(/Resources: 0 added, \d+ changed, 0 destroyed/)
  })

  test('plans nothing after a change', () => planIsEmpty('-var=changed=true'))

  test('destroys all of it, and nothing is left', async () => {
    expect(await done('destroy', '-auto-approve', '-refresh=false', '-var=changed=true')).toContain('Destroy complete!')
    const { Vpcs } = await client(EC2Client).send(new DescribeVpcsCommand())
    expect(Vpcs).toMatchObject([{ IsDefault: true }])
    const lambda = client(LambdaClient)
    const iam = client(IAMClient)
    const left: (readonly unknown[] | undefined)[] = [
      (await client(SQSClient).send(new ListQueuesCommand())).QueueUrls,
      (await client(SNSClient).send(new ListTopicsCommand())).Topics,
      (await client(S3Client).send(new ListBucketsCommand())).Buckets,
      (await iam.send(new ListRolesCommand())).Roles?.filter(({ Path }) => !Path?.startsWith('/aws-service-role/')),
      (await iam.send(new ListUsersCommand())).Users,
      (await lambda.send(new ListFunctionsCommand())).Functions,
      (await lambda.send(new ListEventSourceMappingsCommand())).EventSourceMappings,
      (await client(CloudWatchLogsClient).send(new DescribeLogGroupsCommand())).logGroups,
      (await client(CloudWatchClient).send(new DescribeAlarmsCommand())).MetricAlarms,
      (await client(EventBridgeClient).send(new ListEventBusesCommand())).EventBuses?.filter(
        bus => bus.Name !== 'default',
      ),
      (await client(SchedulerClient).send(new ListSchedulesCommand())).Schedules,
    ]
    expect(left.flatMap(kind => kind ?? [])).toEqual([])
  })
})
