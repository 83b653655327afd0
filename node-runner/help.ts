export const HELP = `fakecloud: an AWS emulator that really executes the wiring between services

  fakecloud [options]      starts it, until SIGINT or SIGTERM
  fakecloud healthcheck    exits with 0 when the one on this machine answers

Options, each with the variable that says the same; the option wins:
  --addr HOST:PORT                where to listen; port 0 takes a free one   FAKECLOUD_ADDR (0.0.0.0:4566)
  --persist DIR                   keeps state there                          FAKECLOUD_DATA_PATH (state is not kept)
  --storage-mode memory|persistent                                           FAKECLOUD_STORAGE_MODE
  --region REGION                 of requests that name none                 FAKECLOUD_REGION (us-east-1)
  --account-id ID                 of keys that name none                     FAKECLOUD_ACCOUNT_ID (123456789012)
  --iam off|soft|strict           whether policies are enforced              FAKECLOUD_IAM (off)
  --verify-sigv4                  refuses wrong signatures                   FAKECLOUD_VERIFY_SIGV4 (false)
  --lambda-internet on|off        whether functions reach other hosts        FAKECLOUD_LAMBDA_INTERNET (on)
  --external-url URL              root of the URLs that it gives out         FAKECLOUD_EXTERNAL_URL
  --workers N                     processes that share the namespaces        FAKECLOUD_WORKERS (one a core, 4 at most)
  --host DOMAIN                   <namespace>.DOMAIN addresses a namespace   FAKECLOUD_HOST (fakecloud.localhost)
  --allowed-hosts LIST            more names of it, for its own endpoints    FAKECLOUD_ALLOWED_HOSTS (none)
  --trusted-proxies LIST          proxies whose X-Forwarded-* are believed   FAKECLOUD_TRUSTED_PROXIES (none)
  --max-request-body-bytes BYTES  larger requests are refused                FAKECLOUD_MAX_REQUEST_BODY_BYTES (1 GiB)
  --log-level LEVEL               error, warn, info, debug or trace          FAKECLOUD_LOG (info)
  (no option)                     hosts it: own endpoints need this secret   FAKECLOUD_SECRET
  -h, --help
  -v, --version`
