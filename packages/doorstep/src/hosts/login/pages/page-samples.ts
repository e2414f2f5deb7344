import { accountPickerPage } from './account-picker.ts'
import { adminConsentDonePage } from './admin-consent-done.ts'
import { adminNeededPage } from './admin-needed.ts'
import { type ConsentView, consentPage } from './consent.ts'
import { deviceCodePage } from './device-code.ts'
import { deviceConfirmPage } from './device-confirm.ts'
import { deviceDonePage } from './device-done.ts'
import { missingValues, redirectUriDifference } from './difference.ts'
import { errorPage } from './error.ts'
import { errorLookUpPage } from './error-look-up.ts'
import { formPostPage } from './form-post.ts'
import { nativeClientPage } from './native-client.ts'
import { newPasswordPage } from './new-password.ts'
import { outOfBandPage } from './out-of-band.ts'
import { passwordPage } from './password.ts'
import { signedOutPage } from './signed-out.ts'
import { interruptedPage, startPage } from './start.ts'
import { staySignedInPage } from './stay-signed-in.ts'
import { userNamePage } from './user-name.ts'

/**
 * One view of every page in each of its states: for the tests, and for looking at the pages. `text` is called on every
 * value from outside, so that a test can put something hostile in its place.
 */
export function pageSamples(
  nonce: string,
  text: (value: string) => string = (value) => value,
): Readonly<Record<string, string>> {
  const form = { nonce, action: text('/common/login'), fields: { flow: text('f0f6a1'), [text('state')]: text('x y') } }
  const userName = text('ada@doorstep.example')
  const application = text('Fleet Telemetry')
  const consent: ConsentView = {
    ...form,
    userName,
    organization: text('Doorstep'),
    grantsFor: 'user',
    application: { name: application, website: text('localhost:3000') },
    permissions: [
      {
        name: text('Sign you in and read your profile'),
        description: text('Lets you sign in to the app and lets the app read your profile.'),
        value: text('User.Read'),
        resource: text('Microsoft Graph'),
      },
      {
        name: text('Maintain access to data you have given it access to'),
        description: text('Lets the app keep access while you are not using it.'),
        value: text('offline_access'),
        resource: text('Microsoft Graph'),
      },
      {
        name: text('Read project data as you'),
        description: text('Lets the app read the project data that you may read.'),
        value: text('DATA.VIEW'),
        resource: text('Cognite API westeurope-1'),
      },
    ],
  }
  const error = {
    nonce,
    requestId: text('4a5cbd7f-7a6b-4b6c-9b6f-2f1c8d1e0a00'),
    correlationId: text('0c1e2d3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f'),
    timestamp: text('2026-03-01T09:30:00Z'),
    explanationUrl: text('/error?code=50011'),
  }
  return {
    start: startPage({ nonce }),
    interrupted: interruptedPage({ nonce }),
    'user-name': userNamePage({ ...form, application, userName: text(''), canCancel: true }),
    'user-name-error': userNamePage({
      ...form,
      userName: text('adda@doorstep.example'),
      error: {
        text: text('This username may be incorrect. Make sure you typed it correctly.'),
        fix: {
          text: text('This tenant has no such user. Make one:'),
          command: text('doorstep user create adda@doorstep.example'),
        },
      },
    }),
    password: passwordPage({
      ...form,
      userName,
      application,
      forgottenPassword: {
        text: text('Give the account a new one:'),
        command: text('doorstep user set-password ada@doorstep.example'),
      },
    }),
    'password-error': passwordPage({
      ...form,
      userName,
      error: { text: text('Your account or password is incorrect.') },
    }),
    'new-password': newPasswordPage({ ...form, userName }),
    'new-password-error': newPasswordPage({
      ...form,
      userName,
      error: { text: text('The new password is not the same twice.'), about: 'new' },
    }),
    'stay-signed-in': staySignedInPage({ ...form, userName }),
    'account-picker': accountPickerPage({
      ...form,
      purpose: 'signIn',
      application,
      accounts: [
        { key: text('k1'), displayName: text('Ada Lovelace'), userName, isSignedIn: true },
        {
          key: text('k2'),
          displayName: text('Grace Hopper, with a display name that goes on for longer than a tile is wide'),
          userName: text('grace.hopper.of.the.compiler.department@subsidiary.doorstep.example'),
          isSignedIn: false,
        },
      ],
    }),
    'account-picker-sign-out': accountPickerPage({
      ...form,
      purpose: 'signOut',
      accounts: [{ key: text('k1'), displayName: text('Ada Lovelace'), userName, isSignedIn: true }],
    }),
    consent: consentPage(consent),
    'consent-administrator': consentPage({
      ...consent,
      grantsFor: 'userOrOrganization',
      application: {
        ...consent.application,
        publisher: text('Contoso Instruments'),
        termsOfServiceUrl: text('https://contoso.example/terms'),
        privacyStatementUrl: text('https://contoso.example/privacy'),
      },
    }),
    'consent-organization': consentPage({
      ...consent,
      grantsFor: 'organization',
      permissions: [
        ...consent.permissions,
        {
          name: text('Read all users’ full profiles'),
          value: text('User.Read.All'),
          resource: text('Microsoft Graph'),
          kind: 'application',
          needsAdministrator: true,
        },
      ],
    }),
    'admin-needed': adminNeededPage({
      ...form,
      userName,
      application,
      permissions: [
        {
          name: text('Read all groups'),
          description: text('Lets the app read groups, their members and their settings, as you.'),
          value: text('Group.Read.All'),
          resource: text('Microsoft Graph'),
          needsAdministrator: true,
        },
      ],
      fix: {
        text: text('An administrator of this local cloud can grant them at once:'),
        command: text('doorstep app grant-admin-consent fleet-telemetry'),
        portal: [
          text('App registrations'),
          text('Fleet Telemetry'),
          text('API permissions'),
          text('Grant admin consent'),
        ],
      },
    }),
    'device-code': deviceCodePage(form),
    'device-code-error': deviceCodePage({
      ...form,
      code: text('BL6XB575W'),
      error: { text: text('That code did not work. Check the code and try again.') },
    }),
    'device-confirm': deviceConfirmPage({ ...form, userName, application, code: text('BL6XB575V') }),
    'device-done': deviceDonePage({ nonce, application, outcome: 'approved' }),
    'device-declined': deviceDonePage({ nonce, application, outcome: 'declined' }),
    'admin-consent-done': adminConsentDonePage({ nonce, application, organization: text('Doorstep') }),
    'signed-out': signedOutPage({ nonce, userName, frontChannelLogoutUrls: [] }),
    'signed-out-return': signedOutPage({
      nonce,
      frontChannelLogoutUrls: [text('https://app.contoso.example/signout?sid=1')],
      postLogoutRedirectUri: text('https://app.contoso.example/bye'),
    }),
    'signed-out-not-returned': signedOutPage({
      nonce,
      userName,
      frontChannelLogoutUrls: [],
      notReturned: {
        text: text("The application 'Fleet Telemetry' has not registered the address to go back to."),
        difference: redirectUriDifference(text('https://app.contoso.example/bye'), [
          text('https://app.contoso.example/callback'),
        ]),
        fix: { text: text('Register it as a redirect URI of the application.') },
      },
    }),
    'error-look-up': errorLookUpPage({
      nonce,
      code: text('50126'),
      meanings: [
        {
          error: text('invalid_grant'),
          text: text('Error validating credentials due to invalid username or password.'),
          when: text('The password is not the one of this user.'),
          fix: text('Correct the password; blanks around it are not part of it.'),
        },
      ],
    }),
    'error-look-up-unknown': errorLookUpPage({ nonce, code: text('1'), meanings: [] }),
    'error-redirect-uri': errorPage({
      ...error,
      code: 50011,
      text: text(
        "The redirect URI 'http://localhost:3000/auth/callback' specified in the request does not match the redirect URIs configured for the application '9d2f3d4e-1f0b-4c55-9a42-5a0c6d7e8f90'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to fix this.",
      ),
      differences: [
        redirectUriDifference(text('http://localhost:3000/auth/callback'), [
          text('https://fleet.contoso.example/auth/callback'),
          text('http://localhost:3000/auth/Callback/'),
        ]),
      ],
      fix: {
        text: text('Send the registered URI, or register the one you send:'),
        command: text('doorstep app add-redirect-uri fleet-telemetry --web http://localhost:3000/auth/callback'),
        portal: [text('App registrations'), text('Fleet Telemetry'), text('Authentication')],
      },
    }),
    'error-scope': errorPage({
      ...error,
      code: 65001,
      text: text(
        "The user or administrator has not consented to use the application with ID '9d2f3d4e-1f0b-4c55-9a42-5a0c6d7e8f90' named 'Fleet Telemetry'. Send an interactive authorization request for this user and resource.",
      ),
      differences: [
        missingValues(
          'Scope',
          text('One of the scopes asked for was never consented to.'),
          { label: 'Asked for', values: [text('User.Read'), text('Mail.Send')] },
          { label: 'Consented', values: [text('openid'), text('User.Read')] },
        ),
      ],
      fix: {
        text: text('Consent as the user, or for everybody:'),
        command: text('doorstep app grant-admin-consent fleet-telemetry'),
      },
    }),
    'error-plain': errorPage({
      ...error,
      code: 700016,
      text: text(
        "Application with identifier '00000001-0000-0000-0000-000000000000' was not found in the directory 'Doorstep'.",
      ),
    }),
    'form-post': formPostPage({
      nonce,
      action: text('https://app.contoso.example/signin-oidc'),
      fields: { code: text('0.AAA'), [text('state')]: text('a"b') },
    }),
    'native-client': nativeClientPage(),
    'out-of-band': outOfBandPage({
      nonce,
      parameters: [
        ['code', text('0.AAA')],
        [text('state'), text('a"b')],
      ],
    }),
  }
}
