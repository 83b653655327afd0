/** One line a header, its values parted by bars. A value may be empty. */
const HEADER_LINES = `
content-type:  | x | application/json | text/xml | application/x-amz-json-9.9 | multipart/form-data | multipart/form-data; boundary= | multipart/form-data; boundary=x | application/x-www-form-urlencoded | application/cbor
content-encoding: gzip | aws-chunked | aws-chunked,gzip | br | , | ${'x'.repeat(500)}
x-amz-target:  | . | AmazonSQS. | AmazonSQS.constructor | __proto__.x | A.B.C | AmazonSQS.SendMessage | DynamoDB_20120810.PutItem
authorization:  | x | AWS4-HMAC-SHA256 | AWS4-HMAC-SHA256 Credential= | AWS4-HMAC-SHA256 Credential=a/b/c/d/e | AWS a:b | Bearer x | AWS4-HMAC-SHA256 Credential=test/20260101/nowhere/sqs/aws4_request | AWS4-HMAC-SHA256 Credential=__proto__/20260101/us-east-1/constructor/aws4_request | AWS4-ECDSA-P256-SHA256 Credential=test/20260101/s3/aws4_request
host:  | .. | . | [::1] | [::1]:99999 | a:b:c | fuzz-bucket.s3.amazonaws.com | fuzz-bucket.s3.localhost | a..b.s3.localhost | .s3.localhost | .localhost | x.fakecloud.localhost | -x-.fakecloud.localhost | s3.x.fakecloud.localhost | a.lambda-url.us-east-1.on.aws | a.execute-api.localhost | sqs.us-east-1.amazonaws.com | ${'x'.repeat(300)}.s3.localhost | %00 | h\u00e4st | a b | example.com:99999999
x-fakecloud-namespace:  | .. | UPPER | a/b | * | - | __proto__ | ${'x'.repeat(64)} | a b | \u00fc
x-fakecloud-internal: 1 |  | true
x-fakecloud-raw-path: /x | .. | 
x-fakecloud-host: x | 
x-forwarded-proto: javascript | 
x-amzn-trace-id:  | Root= | Root=1-x | =;=; | Root=1-00000000-000000000000000000000000;Sampled=9
x-amz-date:  | x | 99999999T999999Z | -1
x-amz-security-token:  | x | ${'FQoG'.repeat(300)} | a.b.c | {} | \u00ff
x-amz-content-sha256:  | x | UNSIGNED-PAYLOAD | STREAMING-UNSIGNED-PAYLOAD-TRAILER | STREAMING-AWS4-HMAC-SHA256-PAYLOAD | ${'0'.repeat(64)}
x-amz-decoded-content-length:  | -1 | x | 1e3 | 99999999999999999999 | 0 | 1.5
content-md5:  | x | AAAAAAAAAAAAAAAAAAAAAA== | =
x-amz-checksum-crc32:  | x | AAAAAA== | AAAA
x-amz-checksum-sha256:  | ! | AAAA
x-amz-sdk-checksum-algorithm:  | X | crc32 | CRC64NVME
x-amz-trailer:  | x | x-amz-checksum-crc32 | x-amz-checksum-x,,
x-amz-copy-source:  | / | x | /fuzz-bucket/ | /fuzz-bucket/%zz | fuzz-bucket/a.txt?versionId= | /../.. | arn:aws:s3:::x
x-amz-copy-source-range: bytes= | bytes=9-1 | x | bytes=0-99999999999999
x-amz-tagging: % | = | a=b&a=b | ${'a=b&'.repeat(60)}
x-amz-meta-__proto__: x | \u00e4 | =?UTF-8?B?x?=
x-amz-acl: x | public-read-write | 
x-amz-grant-read: x | id= | uri="http://x" | emailAddress="a@b"
x-amz-server-side-encryption: x | aws:kms | AES256
x-amz-server-side-encryption-customer-algorithm: AES256 | x
x-amz-server-side-encryption-customer-key: x | AAAA
x-amz-object-lock-retain-until-date: x | 0 | 9999-99-99T99:99:99Z
x-amz-object-lock-mode: x | GOVERNANCE
x-amz-storage-class: x | GLACIER
x-amz-website-redirect-location: x | / | /${'a'.repeat(3000)}
x-amz-invocation-type: x | Event | DryRun
x-amz-client-context: x | !!!! | e30= | ${'AAAA'.repeat(2000)}
x-amz-log-type: x | Tail
range:  | x | bytes= | bytes=- | bytes=5-1 | bytes=-0 | bytes=0-0,2-3 | bytes=99999999999999999999- | items=0-1
if-match:  | * | x | " | W/"x"
if-none-match:  | * | x | "x", "y"
if-modified-since:  | x | Mon, 99 Xxx 9999 99:99:99 GMT | 0
if-unmodified-since:  | x | Thu, 01 Jan 1970 00:00:00 GMT
expires: x | 0 | Thu, 01 Jan 1970 00:00:00 GMT
origin:  | null | x | http://example.com
access-control-request-method:  | GET | FOO | x
access-control-request-headers:  | , | ${'x'.repeat(500)}
cookie: a=b | ${'a=b;'.repeat(1000)}
expect: 100-continue | 200-ok | 
accept-encoding: identity;q=0 | gzip, br | *;q=x
accept: x |  | application/xml
smithy-protocol: rpc-v2-cbor | x | 
upgrade: websocket | h2c
x-http-method-override: DELETE
user-agent:  | \u00e4 | ${'x'.repeat(5000)}
`

/** Headers with values that no client sends, or not with such a request. */
export const HEADERS: readonly [name: string, values: readonly string[]][] = HEADER_LINES.trim()
  .split('\n')
  .map(line => [
    line.slice(0, line.indexOf(':')),
    line
      .slice(line.indexOf(':') + 1)
      .split('|')
      .map(value => value.trim()),
  ])

/** Query strings, or pieces of one. */
export const PARAMETERS: readonly string[] = `
%zz=1
%=%
%00
%ff%fe
&&==&
__proto__=1
constructor=x
a[]=1
x-id=
versionId=
versionId=null
partNumber=0&uploadId=x
partNumber=1e9&uploadId=
uploads
uploads=1
delete
acl
max-keys=-1
max-keys=x
max-keys=99999999999
list-type=3
list-type=2&continuation-token=
encoding-type=x
location=
response-content-type=%0d%0ax
Action=ListQueues&Version=2012-11-05
Action=__proto__
Version=constructor
X-Amz-Signature=x
X-Amz-Algorithm=x&X-Amz-Credential=a/b
X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=x&X-Amz-Expires=-1&X-Amz-SignedHeaders=host&X-Amz-Signature=0
tagging&tagging
Qualifier=%24
Marker=%00
MaxItems=0
MaxItems=1.5
x=${'y'.repeat(8000)}
`
  .trim()
  .split('\n')
  .map(line => line.trim())

/** Whole paths; \`@\` stands for the one that the request had. */
export const PATHS: readonly string[] = `
@/
/@
@//x
/..@
@/../..
@/%2e%2e/x
/.@
@%zz
@%
@%00
@%ff
@%F0%9F%92%A5
@\xe4
/
//
/__proto__/constructor
/_ns/x@
/_ns/UPPER@
/_ns/@
/_ns/a%2Fb@
/_ns
/_ns/
/_ns/..@
/${'a'.repeat(9000)}
/service/AmazonSQS/operation/__proto__
/service/x/operation/
/2015-03-31/functions/%20/invocations
/v20180820/x
http://example.com@
*
@;a=b
@|^{}"<>
/fuzz-bucket/a/../../b
/fuzz-bucket/%2F%2F
/.well-known/x
`
  .trim()
  .split('\n')

/** Bodies of every form that mean nothing. */
export const DOCUMENTS: readonly string[] = [
  'null',
  '[]',
  '1',
  '"x"',
  '{"a":1,"a":2,"__proto__":{"x":1}}',
  '{"__proto__":null,"constructor":{"prototype":{"x":1}}}',
  '{a:1}',
  '{"a":1e99999}',
  '<',
  '<a>',
  '<a></b>',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;">]><a>&z;&z;</a>',
  '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
  '<a><![CDATA[</a>]]></a>',
  '<__proto__><constructor>1</constructor></__proto__>',
  '<Tagging><TagSet><Tag/><Tag><Key/></Tag></TagSet></Tagging>',
  'Action=SendMessage&Action=Publish&Version=&Version=1',
  'a.1.1.1.1.1=1&a.1=2&a=3&a.b.c=4&a.0.x=1&a.-1=2&a.99999999999=1&__proto__.x=1',
  '=&=&&%&%zz=%zz&%00=%00',
  '\x9f\x9f\x9f',
  '\xbf\x61',
  '\x5b\xff\xff\xff\xff\xff\xff\xff\xff',
  '\xfb\x7f\xf8\0\0\0\0\0\0',
]
