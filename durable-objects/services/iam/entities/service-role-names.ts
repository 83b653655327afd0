/** What AWS calls a service in the name of its service-linked role, and the policy that the role gets. */
const SERVICES: Record<string, { name: string; policy?: string }> = {
  'access-analyzer': { name: 'AccessAnalyzer' },
  'apidestinations.events': { name: 'AmazonEventBridgeApiDestinations' },
  autoscaling: { name: 'AutoScaling', policy: 'AutoScalingServiceRolePolicy' },
  backup: { name: 'Backup' },
  batch: { name: 'Batch' },
  cloudtrail: { name: 'CloudTrail' },
  'cognito-idp': { name: 'AmazonCognitoIdp', policy: 'AmazonCognitoIdpServiceRolePolicy' },
  config: { name: 'Config' },
  'dynamodb.application-autoscaling': {
    name: 'ApplicationAutoScaling_DynamoDBTable',
    policy: 'AWSApplicationAutoscalingDynamoDBTablePolicy',
  },
  ecs: { name: 'ECS', policy: 'AmazonECSServiceRolePolicy' },
  'ecs.application-autoscaling': {
    name: 'ApplicationAutoScaling_ECSService',
    policy: 'AWSApplicationAutoscalingECSServicePolicy',
  },
  eks: { name: 'AmazonEKS' },
  'eks-nodegroup': { name: 'AmazonEKSNodegroup' },
  elasticache: { name: 'ElastiCache' },
  elasticloadbalancing: { name: 'ElasticLoadBalancing', policy: 'AWSElasticLoadBalancingServiceRolePolicy' },
  'email.cognito-idp': { name: 'AmazonCognitoIdpEmailService', policy: 'AmazonCognitoIdpEmailServiceRolePolicy' },
  es: { name: 'AmazonElasticsearchService' },
  events: { name: 'CloudWatchEvents' },
  globalaccelerator: { name: 'GlobalAccelerator' },
  guardduty: { name: 'AmazonGuardDuty' },
  kafka: { name: 'Kafka' },
  'lambda.application-autoscaling': {
    name: 'ApplicationAutoScaling_LambdaConcurrency',
    policy: 'AWSApplicationAutoscalingLambdaConcurrencyPolicy',
  },
  lex: { name: 'LexBots' },
  opensearchservice: { name: 'AmazonOpenSearchService' },
  'ops.apigateway': { name: 'APIGateway', policy: 'APIGatewayServiceRolePolicy' },
  organizations: { name: 'Organizations' },
  rds: { name: 'RDS', policy: 'AmazonRDSServiceRolePolicy' },
  redshift: { name: 'Redshift' },
  'replicator.lambda': { name: 'LambdaReplicator', policy: 'AWSLambdaReplicator' },
  securityhub: { name: 'SecurityHub' },
  spot: { name: 'EC2Spot' },
  spotfleet: { name: 'EC2SpotFleet' },
  ssm: { name: 'AmazonSSM' },
  sso: { name: 'SSO' },
  support: { name: 'Support' },
  transitgateway: { name: 'VPCTransitGateway' },
  trustedadvisor: { name: 'TrustedAdvisor' },
  wafv2: { name: 'WAFV2Logging' },
}

const entryOf = (service: string) => {
  const key = service.replace(/\.amazonaws\.com(?:\.cn)?$/, '')
  return Object.hasOwn(SERVICES, key) ? SERVICES[key] : undefined
}

/** `AWSServiceRoleForECS`; for a service that is not in the table, a name made of its own. */
export function serviceRoleName(service: string): string {
  const words = (service.split('.')[0] ?? '').split('-')
  const own = words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return `AWSServiceRoleFor${entryOf(service)?.name ?? own}`
}

export function serviceRolePolicy(service: string): string | undefined {
  return entryOf(service)?.policy
}
