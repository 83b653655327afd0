/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE sns_topics (
  arn TEXT PRIMARY KEY, name TEXT NOT NULL, attributes TEXT NOT NULL, dataProtection TEXT, root TEXT,
  sequence INTEGER NOT NULL DEFAULT 0, deletedSubscriptions INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE sns_subscriptions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL UNIQUE, topic TEXT NOT NULL, protocol TEXT NOT NULL, endpoint TEXT NOT NULL,
  owner TEXT NOT NULL, principal TEXT NOT NULL, attributes TEXT NOT NULL, token TEXT, usedToken TEXT, authenticated INTEGER NOT NULL DEFAULT 0,
  UNIQUE (topic, protocol, endpoint)
);
CREATE INDEX sns_subscriptions_topic ON sns_subscriptions (topic, seq);
CREATE TABLE sns_deduplications (
  topic TEXT NOT NULL, key TEXT NOT NULL, messageId TEXT NOT NULL, sequence TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (topic, key)
) WITHOUT ROWID;
CREATE INDEX sns_deduplications_until ON sns_deduplications (until);
CREATE TABLE sns_published (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, bytes INTEGER NOT NULL, messageId TEXT NOT NULL, topic TEXT NOT NULL, phone TEXT, message TEXT NOT NULL, subject TEXT, at INTEGER NOT NULL
);
CREATE TABLE sns_unsubscribed (token TEXT PRIMARY KEY, subscription TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sns_posts (
  id TEXT PRIMARY KEY, subscription TEXT NOT NULL, topic TEXT NOT NULL, url TEXT NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL,
  about TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, firstAt REAL NOT NULL, due REAL NOT NULL, trace TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sns_posts_due ON sns_posts (due);
CREATE TABLE sns_applications (arn TEXT PRIMARY KEY, attributes TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sns_endpoints (
  arn TEXT PRIMARY KEY, application TEXT NOT NULL, token TEXT NOT NULL, attributes TEXT NOT NULL, UNIQUE (application, token)
) WITHOUT ROWID;
CREATE TABLE sns_opt_outs (phone TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE sns_sandbox_phones (phone TEXT PRIMARY KEY, code TEXT NOT NULL, verified INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sns_sms_attributes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
  // Posts are the kernel's now.
  'DROP TABLE sns_posts;',
]

/** Attributes by AWS's names, as AWS's strings. */
export type Attributes = Record<string, string>

export type TopicRow = {
  arn: string
  name: string
  /** JSON: what was set, without defaults. */
  attributes: string
  dataProtection: string | null
  /** Where its makers and publishers reach the emulator. */
  root: string | null
  /** Number of a FIFO topic's last message. */
  sequence: number
  deletedSubscriptions: number
}

export type Topic = Readonly<Omit<TopicRow, 'attributes'> & { attributes: Readonly<Attributes>; fifo: boolean }>

export type SubscriptionRow = {
  seq: number
  arn: string
  topic: string
  protocol: string
  endpoint: string
  owner: string
  principal: string
  /** JSON: what was set. */
  attributes: string
  /** Of a subscription that waits for its confirmation; null once confirmed. */
  token: string | null
  /** What it was confirmed by. */
  usedToken: string | null
  /** 1 when only its owner may end it. */
  authenticated: number
}

export type Subscription = Readonly<Omit<SubscriptionRow, 'attributes'> & { attributes: Readonly<Attributes> }>
