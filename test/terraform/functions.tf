resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["lambda.amazonaws.com", "scheduler.amazonaws.com"] }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_policy" "queues" {
  name = "queues"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = concat(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], var.changed ? ["sqs:SendMessage"] : [])
      Resource = aws_sqs_queue.orders.arn
    }]
  })
}

resource "aws_iam_role_policy_attachment" "queues" {
  role       = aws_iam_role.worker.name
  policy_arn = aws_iam_policy.queues.arn
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.worker.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "send" {
  name = "send"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }]
  })
}

resource "aws_iam_user" "deployer" {
  name = "deployer"
}

resource "aws_iam_access_key" "deployer" {
  user = aws_iam_user.deployer.name
}

resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_user_group_membership" "deployer" {
  user   = aws_iam_user.deployer.name
  groups = [aws_iam_group.people.name]
}

resource "aws_iam_instance_profile" "worker" {
  name = "worker"
  role = aws_iam_role.worker.name
}

resource "aws_lambda_function" "worker" {
  function_name    = "worker"
  filename         = var.function_zip
  source_code_hash = filebase64sha256(var.function_zip)
  role             = aws_iam_role.worker.arn
  handler          = "index.handler"
  runtime          = "nodejs22.x"
  memory_size      = var.changed ? 512 : 256
  environment {
    variables = { STAGE = var.changed ? "live" : "trial" }
  }
  depends_on = [aws_cloudwatch_log_group.worker, aws_iam_role_policy_attachment.queues]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.worker.function_name
  function_version = "$LATEST"
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn        = aws_sqs_queue.orders.arn
  function_name           = aws_lambda_function.worker.arn
  batch_size              = var.changed ? 5 : 10
  function_response_types = ["ReportBatchItemFailures"]
  filter_criteria {
    filter {
      pattern = jsonencode({ body = { kind = ["new"] } })
    }
  }
}

resource "aws_lambda_function_url" "worker" {
  function_name      = aws_lambda_function.worker.function_name
  authorization_type = "NONE"
  cors {
    allow_origins = ["https://shop.example"]
  }
}

resource "aws_lambda_permission" "events" {
  function_name = aws_lambda_function.worker.function_name
  statement_id  = "events"
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.nightly.arn
}

resource "aws_lambda_function_event_invoke_config" "worker" {
  function_name          = aws_lambda_function.worker.function_name
  maximum_retry_attempts = 1
  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead.arn
    }
  }
}
