// The relays that a control object pushes to: those that have asked it lately (relay.mjs), and what each has been told.

/** Milliseconds after which a relay that has not asked serves nobody any longer. */
const GONE = 3_600_000
/** Milliseconds that whoever publishes waits at most until it has been told. */
const PATIENCE = 1000

const TABLE = 'CREATE TABLE IF NOT EXISTS relay (name TEXT PRIMARY KEY, environment TEXT NOT NULL, told INTEGER NOT NULL, asked INTEGER NOT NULL)'

export class Relays {
  /**
   * @param sql the control object's
   * @param version gives an environment's present version
   * @param message gives what a relay of an environment has to hear, as a form
   */
  constructor(sql, env, project, { version, message }) {
    Object.assign(this, { sql, env, project, version, message })
    sql.exec(TABLE)
  }

  /** A relay has asked, and is answered this version. */
  heard(environment, near, version) {
    this.sql.exec('INSERT OR REPLACE INTO relay VALUES (?, ?, ?, ?)', `${this.project}/${environment}/${near}`, environment, version, Date.now())
  }

  /** The relays that do not have what is current. */
  behind() {
    this.sql.exec('DELETE FROM relay WHERE asked < ?', Date.now() - GONE)
    const versions = new Map()
    const current = (environment) => {
      if (!versions.has(environment)) versions.set(environment, this.version(environment))
      return versions.get(environment)
    }
    return [...this.sql.exec('SELECT name, environment, told FROM relay')].filter(({ environment, told }) => told < current(environment))
  }

  /** Pushes to all that are behind. Waits a moment for them; whoever has not heard by then is told again later. */
  async spread() {
    const told = Promise.all(this.behind().map((relay) => this.tell(relay).catch(() => {})))
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, PATIENCE))])
  }

  async tell({ name, environment }) {
    const relay = this.env.RELAY.get(this.env.RELAY.idFromName(name))
    const response = await relay.fetch('http://object/push', { method: 'POST', body: await this.message(environment) })
    if (!response.ok) return
    const { version } = await response.json()
    this.sql.exec('UPDATE relay SET told = max(told, ?) WHERE name = ?', version, name)
  }
}
