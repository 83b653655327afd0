import { expect, test } from 'vitest'
import { readCriteria } from '../../../durable-objects/services/logs/filters/field-criteria.ts'

const fields = { '@aws.account': '111111111111', '@aws.region': 'eu-west-1', '@source.log': 'g' }

test.each([
  ['@aws.region = "eu-west-1"', true],
  ["@aws.region != 'eu-west-1'", false],
  ['@aws.region NOT IN ["us-east-1", "cn-north-1"]', true],
  ['@aws.account IN ["222222222222"] OR @aws.region = "eu-west-1" AND @source.log = "g"', true],
  ['(@aws.account IN ["222222222222"] or @aws.region = "eu-west-1") AND @source.log = "h"', false],
  ['', true],
])('%s is %s of its event', (text, expected) => {
  expect(readCriteria(text)(fields)).toBe(expected)
})

test.each(['@aws.color = "x"', '@aws.region', '@aws.region IN []', '@aws.region = "x" AND', '(@aws.region = "x"', '?'])(
  '%s is refused',
  text => {
    expect(() => readCriteria(text)).toThrow('The fieldSelectionCriteria is invalid.')
  },
)
