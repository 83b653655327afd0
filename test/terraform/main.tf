# What the emulator's services let Terraform make, each kind once; `changed` switches the attributes that a second apply
# changes in place.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" {
  type = string
}

variable "function_zip" {
  type = string
}

variable "changed" {
  type    = bool
  default = false
}

provider "aws" {
  region                  = "us-east-1"
  access_key              = "test"
  secret_key              = "test"
  skip_metadata_api_check = true
  s3_use_path_style       = true
  endpoints {
    cloudwatch     = var.endpoint
    cloudwatchlogs = var.endpoint
    ec2            = var.endpoint
    eventbridge    = var.endpoint
    iam            = var.endpoint
    lambda         = var.endpoint
    s3             = var.endpoint
    scheduler      = var.endpoint
    sns            = var.endpoint
    sqs            = var.endpoint
    sts            = var.endpoint
  }
  default_tags {
    tags = { Project = "shop" }
  }
}

data "aws_caller_identity" "me" {}

data "aws_availability_zones" "here" {
  state = "available"
}
