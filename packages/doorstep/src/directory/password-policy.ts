const characterKinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]

/** What is wrong with a password by the rules of the platform ("Microsoft Entra password policies"). */
export function passwordProblem(password: string): string | undefined {
  const kinds = characterKinds.filter((kind) => kind.test(password)).length
  if (password.length >= 8 && password.length <= 256 && kinds >= 3) return undefined
  return (
    'The specified password does not comply with password complexity requirements: expected 8 to 256 characters, ' +
    'with three of lower case letters, upper case letters, digits and symbols'
  )
}
