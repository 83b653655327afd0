import { expect, test } from 'vitest'
import { inOrder, treeOf } from '../../../worker/admin/journal-tree.ts'

const hop = (at: number, from: string, to: string) => ({ at: new Date(at).toISOString(), from, to })
const names = (nodes: ReturnType<typeof treeOf>): unknown => nodes.map(node => [node.to, names(node.children)])

const BUCKET = 'arn:aws:s3:::uploads'
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:news'
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:orders'
const OTHER = 'arn:aws:sqs:us-east-1:123456789012:others'
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work'

test('a chain is a tree: each hop under the one that reached the resource it comes from', () => {
  const hops = [hop(1, BUCKET, TOPIC), hop(2, TOPIC, QUEUE), hop(2, TOPIC, OTHER), hop(3, QUEUE, `${FUNCTION}:live`)]
  const called = hop(4, FUNCTION, `${BUCKET}/copy.txt`)
  const again = hop(5, BUCKET, TOPIC)
  expect(names(treeOf([...hops, called, again]))).toEqual([
    [
      TOPIC,
      [
        [QUEUE, [[`${FUNCTION}:live`, [[`${BUCKET}/copy.txt`, [[TOPIC, []]]]]]]],
        [OTHER, []],
      ],
    ],
  ])
})

test('hops of one millisecond find each other in any order, and a loop ends', () => {
  expect(names(treeOf([hop(1, QUEUE, FUNCTION), hop(1, TOPIC, QUEUE)]))).toEqual([[QUEUE, [[FUNCTION, []]]]])
  expect(names(treeOf([hop(1, QUEUE, OTHER), hop(1, OTHER, QUEUE)]))).toEqual([[QUEUE, [[OTHER, []]]]])
})

test('what nothing led to is a root of its own', () => {
  expect(names(treeOf([hop(1, QUEUE, OTHER), hop(2, 'arn:aws:s3:::uploads-2', TOPIC)]))).toEqual([
    [OTHER, []],
    [TOPIC, []],
  ])
  expect(treeOf([])).toEqual([])
})

test('hops of one moment in several objects stand behind what led to them, and as their own object noted them', () => {
  const noted = (at: number, from: string, to: string, traceId = 'one') => ({ at, traceId, from, to })
  const run = noted(5, QUEUE, FUNCTION)
  const early = noted(4, QUEUE, OTHER)
  const sent = [noted(5, BUCKET, TOPIC), noted(5, TOPIC, QUEUE)]
  expect(inOrder([[early, run], sent], 10)).toEqual([early, ...sent, run])
  expect(inOrder([[early, run], sent], 2)).toHaveLength(2)
  // Of another chain nothing is behind anything, and a loop ends.
  const stranger = noted(5, QUEUE, FUNCTION, 'other')
  expect(inOrder([[stranger], sent], 10)).toEqual([stranger, ...sent])
  const loop = [[noted(1, QUEUE, OTHER)], [noted(1, OTHER, QUEUE)]]
  expect(inOrder(loop, 10)).toEqual(loop.flat())
})
