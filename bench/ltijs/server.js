// The peer of the launch benchmark: what one writes with ltijs to answer a launch
// with a page. The driver gives it its addresses and registers itself twice: with a
// key set to fetch, as documented, and with the key itself, which is its fastest.
'use strict'

const lti = require('ltijs').Provider
const Database = require('ltijs-sequelize')

const address = new URL(process.env.BENCH_DATABASE)
const issuer = process.env.BENCH_ISSUER

const database = new Database(
  address.pathname.slice(1),
  decodeURIComponent(address.username),
  decodeURIComponent(address.password),
  { host: address.hostname, port: Number(address.port), dialect: 'postgres', logging: false }
)

// A page of 2 KB, as long as that of the floor.
function page (token) {
  const start = `<!doctype html><title>Bench</title><h1>${token.platformContext.resource.title}</h1><p>${token.userInfo.name}</p><p>`
  return start.padEnd(2048 - 4, 'x') + '</p>'
}

async function main () {
  // The cookies are those that a tool in an LMS's frame needs. The platform may sign
  // long before the launch here, so a token may be old.
  lti.setup(process.env.BENCH_SECRET, { plugin: database }, {
    appRoute: '/launch',
    loginRoute: '/login',
    cookies: { secure: true, sameSite: 'None' },
    tokenMaxAge: 600
  })
  lti.onConnect((token, req, res) => res.send(page(token)))
  await lti.deploy({ serverless: true, silent: true })

  const register = (clientId, authConfig) => lti.registerPlatform({
    url: issuer,
    name: clientId,
    clientId,
    authenticationEndpoint: issuer + '/auth',
    accesstokenEndpoint: issuer + '/token',
    authConfig
  })
  await register('keyset', { method: 'JWK_SET', key: issuer + '/jwks' })
  await register('key', { method: 'JWK_KEY', key: process.env.BENCH_JWK })
  lti.app.listen(Number(process.env.BENCH_PORT), '127.0.0.1')
}

main().catch(err => {
  console.error(err)
  process.exit(1)
})
