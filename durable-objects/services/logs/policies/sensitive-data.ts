/**
 * What AWS's managed data identifiers find, for those that are known here.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-managed-data-identifiers.html
 */
const MANAGED: Readonly<Record<string, { regex: RegExp; check?: (text: string) => boolean }>> = {
  Address: {
    regex: /\b\d{1,5} (?:[A-Z][a-z]+ ){1,3}(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Lane|Ln|Dr|Drive|Way|Court)\b/g,
  },
  AwsSecretKey: { regex: /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=])/g, check: isMixed },
  CreditCardNumber: { regex: /(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])/g, check: isLuhn },
  'DriversLicense-US': { regex: /(?<=\b(?:driver'?s?[ -]?licen[sc]e|DL)\D{0,20})[A-Z]\d{7,12}\b/gi },
  EmailAddress: { regex: /(?<![\w.%+-])[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])/g },
  IpAddress: { regex: /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])/g },
  OpenSshPrivateKey: { regex: /-----BEGIN OPENSSH PRIVATE KEY-----[\s\S]{1,8000}?-----END OPENSSH PRIVATE KEY-----/g },
  'PassportNumber-US': { regex: /(?<=\bpassport\D{0,20})\d{9}\b/gi },
  PgpPrivateKey: { regex: /-----BEGIN PGP PRIVATE KEY BLOCK-----[\s\S]{1,8000}?-----END PGP PRIVATE KEY BLOCK-----/g },
  'PhoneNumber-US': { regex: /(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]\d{3}[ .-]\d{4}(?![\d-])/g },
  PkcsPrivateKey: {
    regex: /-----BEGIN (?:RSA |EC |DSA )?PRIVATE KEY-----[\s\S]{1,8000}?-----END (?:RSA |EC |DSA )?PRIVATE KEY-----/g,
  },
  'Ssn-US': { regex: /(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g },
}

/** A secret key has letters of both cases and digits. */
function isMixed(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)
}

function isLuhn(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at])
    const doubled = at % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** Masks one kind of data, character by character; undefined for an identifier that is not known here. */
export function managedMask(name: string): ((text: string) => string) | undefined {
  const found = Object.hasOwn(MANAGED, name) ? MANAGED[name] : undefined
  if (!found) return undefined
  const { regex, check = () => true } = found
  return text => text.replace(regex, part => (check(part) ? stars(part) : part))
}

export const stars = (text: string) => '*'.repeat(text.length)
