/**
 * The key pair that signs notifications. It is public, as everything in this file: a signature proves to a subscriber's
 * code that it verifies as it must, and nothing else. So it is a short one, of 1,024 bits: signing is most of what an
 * enveloped message costs, and whoever verifies goes by the certificate.
 */
export const SIGNING_KEY = [
  'MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAL6XyDMzxKKwltzwgTF9X3j9JfreA8AjYGc90AeQVhySkPv1PIgqiyab',
  'UcRSOZHEuAu2FmuVqKVmmHN+zDjoL8bIjeq1fdma2Y8q0Tkbh/nnpLfUY5kblOOrPvSTQG7KNDhQtiQl2f+lIygCim8jBE3DiOxWoY/b',
  'vFohgsKJtdnjAgMBAAECgYBGtBfYpsOzdr8Ah1fl/BSG1aJZRjMt+/GvWwbpR2oqf1S5o2gpO18Tm1rh8X7ZzJhZ/9qhXouJkF3NuqQY',
  'GEpgVv++P38HRTxOIWVREy72nHcTuER32x3FEaj6f/pS0IaQ7U4zuUbot2EPD9AMYUJzNP5ikeJChWko+8PXrI33QQJBAPX914wKAGU1',
  'LzRpjaySF0BoUfFOfN1LV3jr3s4QfFzbo7P8Ufb3Gf0Qwe5Jdb1j8gcyzI/SFbFEuMijXFBRF4UCQQDGWO2D8/zhtAH6EzynpwT8gmXk',
  '2XfmHWekqAmhQEKB+EfqJmStzjzccwlS2ijPMHFkCbmCMI65NlzPQsOj5URHAkAaBdmImgJCsqakv8naCLZm/OI2SdxRuMevJhyy5fGS',
  'DTY7MyUkoC1ipSQu5hyLhYg0FL6pNEtRLnjx2L5KTNnVAkEAtyUx21+VJ0sxcBoHLb74ybgWIePz5BVOuCk5Cx3sy1nX/YsJ97qxU9Uc',
  'zNYITJese/TGyEHR548cz3wUbeeqzQJAPuw7z0MQrQFHY+lV+Gaa0kuuh55D7qNx54nCyXaUfSYW3NY0g/WhVRybafHO53vFT4jttjYe',
  '2GutsfEjrLtNoQ==',
].join('')

export const SIGNING_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIICSjCCAbOgAwIBAgIUAQVhJAnrQI0zb7gn7vzdhuZQKwQwDQYJKoZIhvcNAQEL
BQAwNjEgMB4GA1UEAwwXc25zLmZha2VjbG91ZC5sb2NhbGhvc3QxEjAQBgNVBAoM
CWZha2VjbG91ZDAgFw0yNjEyMDEwNDE0MTVaGA8yMTI2MTEwNzA0MTQxNVowNjEg
MB4GA1UEAwwXc25zLmZha2VjbG91ZC5sb2NhbGhvc3QxEjAQBgNVBAoMCWZha2Vj
bG91ZDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAvpfIMzPEorCW3PCBMX1f
eP0l+t4DwCNgZz3QB5BWHJKQ+/U8iCqLJptRxFI5kcS4C7YWa5WopWaYc37MOOgv
xsiN6rV92ZrZjyrRORuH+eekt9RjmRuU46s+9JNAbso0OFC2JCXZ/6UjKAKKbyME
TcOI7Fahj9u8WiGCwom12eMCAwEAAaNTMFEwHQYDVR0OBBYEFNUxGb3MIby6Z+mu
ZuODxpF27+jaMB8GA1UdIwQYMBaAFNUxGb3MIby6Z+muZuODxpF27+jaMA8GA1Ud
EwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEAlcOyuD4J4WoS/N+dJ+pec1F6
nFz9HmESgIlh01IhzcVnjyVCmCQDwULiusapzLJKIFdTxardXWL39iPmQbPHNZi+
nW2NkbB+MKKsPb1Q6q/hFq3ZkWJFiVGrgRwt5QclwqFc+YnnvEXPorCxjJNYsElb
ETyqTewoX9G6ubTfDFc=
-----END CERTIFICATE-----
`
