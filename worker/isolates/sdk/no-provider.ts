/** Stands for the SDK's sources of credentials that a Lambda function never has: profiles, SSO, processes, tokens. */

const refuse = () => async (): Promise<never> => {
  const message = 'A function has its credentials in its environment'
  throw Object.assign(new Error(message), { name: 'CredentialsProviderError', tryNextLink: true })
}

export const fromSSO = refuse
export const fromIni = refuse
export const fromProcess = refuse
export const fromTokenFile = refuse
export const fromWebToken = refuse
export const fromLoginCredentials = refuse
