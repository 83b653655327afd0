/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE sqs_queues (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, fifo INTEGER NOT NULL, attributes TEXT NOT NULL,
  deadLetterArn TEXT, createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL, purgedAt INTEGER, sequence INTEGER NOT NULL,
  expiry INTEGER
);
CREATE INDEX sqs_queues_dead_letter ON sqs_queues (deadLetterArn, name) WHERE deadLetterArn IS NOT NULL;
CREATE TABLE sqs_messages (
  seq INTEGER PRIMARY KEY, queue INTEGER NOT NULL, messageId TEXT NOT NULL, body TEXT NOT NULL, md5 TEXT NOT NULL,
  attributes BLOB, attributesMd5 TEXT, trace TEXT, sender TEXT NOT NULL, sentAt INTEGER NOT NULL, visibleAt INTEGER NOT NULL,
  receiveCount INTEGER NOT NULL DEFAULT 0, firstReceivedAt INTEGER, receivedAt INTEGER, groupId TEXT, deduplicationId TEXT,
  sequence INTEGER, sourceArn TEXT
);
CREATE INDEX sqs_messages_visible ON sqs_messages (queue, visibleAt, receiveCount, sentAt);
CREATE INDEX sqs_messages_group ON sqs_messages (queue, groupId, seq) WHERE sequence IS NOT NULL;
CREATE TABLE sqs_message_groups (
  queue INTEGER NOT NULL, groupId TEXT NOT NULL, availableAt INTEGER NOT NULL, PRIMARY KEY (queue, groupId)
) WITHOUT ROWID;
CREATE INDEX sqs_message_groups_available ON sqs_message_groups (queue, availableAt);
CREATE TABLE sqs_deduplications (
  queue INTEGER NOT NULL, key TEXT NOT NULL, messageId TEXT NOT NULL, sequence INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (queue, key)
) WITHOUT ROWID;
CREATE INDEX sqs_deduplications_until ON sqs_deduplications (until);
CREATE TABLE sqs_receive_attempts (
  queue INTEGER NOT NULL, id TEXT NOT NULL, receipts TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (queue, id)
) WITHOUT ROWID;
CREATE INDEX sqs_receive_attempts_until ON sqs_receive_attempts (until);
CREATE TABLE sqs_move_tasks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, queue INTEGER NOT NULL, destinationArn TEXT, rate INTEGER,
  status TEXT NOT NULL, moved INTEGER NOT NULL DEFAULT 0, toMove INTEGER NOT NULL, startedAt INTEGER NOT NULL, failure TEXT
);
CREATE INDEX sqs_move_tasks_queue ON sqs_move_tasks (queue, seq);`,
  `
CREATE TABLE sqs_watchers (queue TEXT NOT NULL, mapping TEXT NOT NULL, PRIMARY KEY (queue, mapping)) WITHOUT ROWID;
ALTER TABLE sqs_messages ADD COLUMN traceId TEXT;`,
  // How many messages each queue holds, so that telling it does not take longer the more there are.
  `
CREATE TABLE sqs_message_counts (queue INTEGER PRIMARY KEY, n INTEGER NOT NULL);
INSERT INTO sqs_message_counts SELECT queue, COUNT(*) FROM sqs_messages GROUP BY queue;
CREATE TRIGGER sqs_messages_in AFTER INSERT ON sqs_messages BEGIN
  INSERT INTO sqs_message_counts VALUES (NEW.queue, 1) ON CONFLICT (queue) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER sqs_messages_out AFTER DELETE ON sqs_messages BEGIN
  UPDATE sqs_message_counts SET n = n - 1 WHERE queue = OLD.queue;
END;
CREATE TRIGGER sqs_messages_moved AFTER UPDATE OF queue ON sqs_messages WHEN NEW.queue <> OLD.queue BEGIN
  UPDATE sqs_message_counts SET n = n - 1 WHERE queue = OLD.queue;
  INSERT INTO sqs_message_counts VALUES (NEW.queue, 1) ON CONFLICT (queue) DO UPDATE SET n = n + 1;
END;`,
]

/** Attributes by AWS's names and as AWS's strings. */
export type Attributes = Record<string, string>

export type QueueRow = {
  id: number
  name: string
  /** 1 for a FIFO queue. */
  fifo: number
  /** JSON: what was set, without defaults. */
  attributes: string
  /** From RedrivePolicy, for ListDeadLetterSourceQueues. */
  deadLetterArn: string | null
  createdAt: number
  modifiedAt: number
  purgedAt: number | null
  /** Number of the FIFO queue's last message. */
  sequence: number
  /** No message expires before; null while the queue is known to be empty. */
  expiry: number | null
}

export type Queue = Readonly<Omit<QueueRow, 'attributes'> & { attributes: Readonly<Attributes> }>

export type MessageRow = {
  /** Order of arrival in this object; an index may give it again after the newest message went. */
  seq: number
  queue: number
  messageId: string
  body: string
  md5: string
  /** Message attributes in the form that AWS defines for their MD5; null when there are none. */
  attributes: ArrayBuffer | null
  attributesMd5: string | null
  /** The AWSTraceHeader. */
  trace: string | null
  /** The chain that its sending belonged to, for the journal. */
  traceId: string | null
  sender: string
  sentAt: number
  /** From when on it can be received: the end of its delay, or of the timeout of its last receive. */
  visibleAt: number
  receiveCount: number
  firstReceivedAt: number | null
  receivedAt: number | null
  groupId: string | null
  deduplicationId: string | null
  /** Null on standard queues. */
  sequence: number | null
  /** The queue that a dead letter comes from. */
  sourceArn: string | null
}

export type MoveTaskRow = {
  seq: number
  id: string
  queue: number
  /** Null: back to where each message came from. */
  destinationArn: string | null
  /** Messages a second; null for as fast as may be. */
  rate: number | null
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'
  moved: number
  toMove: number
  startedAt: number
  failure: string | null
}
