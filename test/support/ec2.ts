import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { testClients } from './clients.ts'

/** A VPC 10.0.0.0/16 with a subnet 10.0.1.0/24 in us-east-1a. */
export async function setUpNetwork() {
  const aws = testClients()
  const ec2 = aws.client(EC2Client)
  const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const subnet = async (CidrBlock: string, AvailabilityZone = 'us-east-1a') => {
    const made = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }))
    return made.Subnet?.SubnetId ?? ''
  }
  const gateway = async () => {
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}))
    const InternetGatewayId = InternetGateway?.InternetGatewayId ?? ''
    await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }))
    return InternetGatewayId
  }
  return { aws, ec2, VpcId, subnet, gateway, SubnetId: await subnet('10.0.1.0/24') }
}
