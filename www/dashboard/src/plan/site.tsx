/** The path of a page whose whole address was pasted. */
export const pathOn = (site: string | null | undefined, page: string) =>
  site && page.startsWith(site) ? `/${page.slice(site.length).replace(/^\//, '')}` : page

/** An address that somebody is still typing may be none. */
export function SiteLink({ site, path }: { site: string; path: string }) {
  try {
    const page = new URL(path, site)
    return <a href={page.href} target="_blank" rel="noopener">{page.host}</a>
  } catch {
    return <>your site</>
  }
}
