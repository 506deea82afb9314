// What wrangler.toml says of a deployment and a product may leave unsaid.

export const VARIABLES = {
  PREFIX: '', COOKIE_DOMAIN: '', IP_HEADER: '', SHOW_VARIANTS: '', VARIANT_CACHE: '', ORIGIN_URL: '', DEV_CLOCK: '', DEMO_RECEIVER: '',
  EGRESS_HOSTS: 'hooks.slack.com,discord.com,api.resend.com', MAIL_URL: 'https://api.resend.com/emails', MAIL_FROM: '', MAIL_KEY: '',
  MODEL_URL: '', MODEL_NAME: '', MODEL_KEY: '',
  OIDC_ISSUER: '', OIDC_AUDIENCE: '', OIDC_KEYS: '',
  // The relay is on the same machine: to ask it costs nothing.
  RELAY_PACE: '1000',
}
