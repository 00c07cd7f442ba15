//! Host names of a site, as a browser's `Origin` header spells them.

use url::Host;

use super::error::Error;

const DOMAINS_MAX: usize = 50;
const HOST_CHARS_MAX: usize = 253;

/// Takes the host names a shop wrote down: lower case, international names in their ASCII form, no repeats, in
/// the order given.
///
/// # Errors
/// [`Error::NotAllowed`], naming the first that is no host name, or when there are none or too many.
pub(super) fn parse_domains(texts: &[String]) -> Result<Vec<String>, Error> {
    let mut domains = Vec::new();
    for text in texts {
        let domain = parse_domain(text).ok_or_else(|| {
            Error::not_allowed(
                ("bad_domain", "domains"),
                format!("domain `{text}` is not a host name"),
                "write the name alone, such as `shop.example`, without scheme, port, path or `*`",
            )
        })?;
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    match domains.len() {
        0 => Err(Error::not_allowed(("no_domain", "domains"), "site has no domain", "name at least one")),
        1..=DOMAINS_MAX => Ok(domains),
        many => Err(Error::not_allowed(
            ("too_many_domains", "domains"),
            format!("site has {many} domains"),
            format!("at most {DOMAINS_MAX} are allowed"),
        )),
    }
}

fn parse_domain(text: &str) -> Option<String> {
    let host = Host::parse(text.trim()).ok()?;
    let domain = host.to_string();
    let is_plain = |label: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !label.is_empty() && label.chars().all(allowed)
    };
    let fits = match host {
        Host::Domain(_) => domain.len() <= HOST_CHARS_MAX && domain.split('.').all(is_plain),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    fits.then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(texts: &[&str]) -> Result<Vec<String>, String> {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        parse_domains(&texts).map_err(|error| error.to_string())
    }

    #[test]
    fn host_names_become_what_browsers_send() {
        let domains = parse(&["Shop.Example", "localhost", "żółw.pl", "127.0.0.1", "[::1]", "shop.example"]);
        assert_eq!(domains.unwrap(), ["shop.example", "localhost", "xn--w-uga1v8h.pl", "127.0.0.1", "[::1]"]);
    }

    #[test]
    fn anything_but_a_host_name_is_named_with_the_remedy() {
        for bad in ["", "https://shop.pl", "shop.pl/cart", "shop.pl:443", "*.shop.pl", "a b.pl", "shop..pl", "shop.pl."]
        {
            let message = parse(&[bad]).unwrap_err();
            assert!(message.contains(&format!("`{bad}`")) && message.contains("write the name alone"), "{message}");
        }
    }

    #[test]
    fn a_site_has_one_to_fifty_domains() {
        let numbered = |count: usize| (0..count).map(|n| format!("s{n}.example")).collect::<Vec<_>>();
        assert!(parse_domains(&numbered(0)).is_err());
        assert_eq!(parse_domains(&numbered(50)).unwrap().len(), 50);
        assert!(parse_domains(&numbered(51)).is_err());
    }
}
