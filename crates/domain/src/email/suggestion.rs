//! Slips in the domain of an address, found by the mailbox providers that people in Argentina use.

use strsim::osa_distance;

/// Mailbox providers used in Argentina, the most used first: of two that are equally near, the first is suggested.
const PROVIDERS: [&str; 24] = [
    "gmail.com",
    "hotmail.com",
    "yahoo.com.ar",
    "outlook.com",
    "hotmail.com.ar",
    "live.com.ar",
    "yahoo.com",
    "live.com",
    "icloud.com",
    "outlook.com.ar",
    "outlook.es",
    "hotmail.es",
    "yahoo.es",
    "fibertel.com.ar",
    "arnet.com.ar",
    "speedy.com.ar",
    "ciudad.com.ar",
    "telecentro.com.ar",
    "sinectis.com.ar",
    "uolsinectis.com.ar",
    "infovia.com.ar",
    "msn.com",
    "protonmail.com",
    "argentina.com",
];

/// Other providers that exist, some of them a letter away from the ones above: never a slip.
const ALSO_REAL: [&str; 28] = [
    "ymail.com",
    "rocketmail.com",
    "googlemail.com",
    "mail.com",
    "email.com",
    "fastmail.com",
    "hushmail.com",
    "zohomail.com",
    "zoho.com",
    "gmx.com",
    "gmx.net",
    "gmx.es",
    "gmx.de",
    "aol.com",
    "aol.com.ar",
    "me.com",
    "mac.com",
    "msn.com.ar",
    "passport.com",
    "windowslive.com",
    "proton.me",
    "pm.me",
    "tutanota.com",
    "tuta.com",
    "yandex.com",
    "mail.ru",
    "inbox.com",
    "netmail.com",
];

/// Providers that have one domain only, so that their name with any other ending is a slip (`gmail.com.ar`).
const ONE_DOMAIN: [&str; 7] = [
    "gmail.com",
    "icloud.com",
    "fibertel.com.ar",
    "arnet.com.ar",
    "speedy.com.ar",
    "telecentro.com.ar",
    "sinectis.com.ar",
];

/// Providers with a domain for many a country: their name with a country's ending is real.
const MANY_COUNTRIES: [&str; 5] = ["hotmail", "outlook", "live", "yahoo", "msn"];

/// Endings that do not exist, so that whoever wrote them meant the other.
pub(crate) const IMPOSSIBLE_ENDINGS: [(&str, &str); 19] = [
    (".com.arg", ".com.ar"),
    (".com.ra", ".com.ar"),
    (".comar", ".com.ar"),
    (".con.ar", ".com.ar"),
    (".cmo.ar", ".com.ar"),
    (".ocm.ar", ".com.ar"),
    (".con", ".com"),
    (".cmo", ".com"),
    (".ocm", ".com"),
    (".comm", ".com"),
    (".coom", ".com"),
    (".ccom", ".com"),
    (".coml", ".com"),
    (".vom", ".com"),
    (".xom", ".com"),
    (".dom", ".com"),
    (".cim", ".com"),
    (".cpm", ".com"),
    (".clm", ".com"),
];

/// Endings that exist, and that hardly anybody here means.
const UNLIKELY_ENDINGS: [(&str, &str); 3] =
    [(".com.com", ".com"), (".com.at", ".com.ar"), (".com.er", ".com.ar")];

/// A provider's name this short differs from too many real ones by a letter further on.
const SHORT_NAME: usize = 4;

/// Domains at least this long (`hotmail.com`) may have two slips; shorter ones one.
const LONG_DOMAIN: usize = 11;

/// The domain that was probably meant, or nothing when this one may well be right. Case is lower, the form ASCII.
pub(super) fn domain_probably_meant(domain: &str) -> Option<String> {
    if is_known(domain) {
        return None;
    }
    let mended = mend_ending(domain);
    let meant = mended.as_deref().unwrap_or(domain);
    if is_known(meant) || is_of_another_country(meant) {
        return mended;
    }
    let provider = provider_with_another_ending(meant).or_else(|| nearest_provider(meant));
    provider.map(str::to_owned).or(mended)
}

fn is_known(domain: &str) -> bool {
    PROVIDERS.contains(&domain) || ALSO_REAL.contains(&domain)
}

/// `hotmail.fr`, `yahoo.co.uk`. Colombia, Cameroon and Oman have endings that are nearly always a clipped `.com`.
fn is_of_another_country(domain: &str) -> bool {
    let Some((name, ending)) = domain.split_once('.') else {
        return false;
    };
    let country = ending.strip_prefix("com.").or_else(|| ending.strip_prefix("co.")).unwrap_or(ending);
    let is_clipped = matches!(ending, "co" | "cm" | "om" | "ar");
    MANY_COUNTRIES.contains(&name) && country.len() == 2 && !is_clipped
}

fn mend_ending(domain: &str) -> Option<String> {
    UNLIKELY_ENDINGS
        .iter()
        .chain(&IMPOSSIBLE_ENDINGS)
        .find_map(|(slip, meant)| domain.strip_suffix(slip).map(|name| format!("{name}{meant}")))
}

fn provider_with_another_ending(domain: &str) -> Option<&'static str> {
    let (name, ending) = domain.split_once('.')?;
    let has_name = |provider: &&str| provider.split_once('.').is_some_and(|(known, _)| known == name);
    let without_com =
        || PROVIDERS.into_iter().find(|provider| has_name(provider) && provider.ends_with(".com.ar"));
    ONE_DOMAIN.into_iter().find(has_name).or_else(|| if ending == "ar" { without_com() } else { None })
}

fn nearest_provider(domain: &str) -> Option<&'static str> {
    let slips = |provider: &str| osa_distance(domain, provider);
    let allowed = |provider: &str| if provider.len() >= LONG_DOMAIN { 2 } else { 1 };
    let begins_alike = |provider: &str| {
        name_of(provider).len() > SHORT_NAME || (domain.get(..1) == provider.get(..1) && slips(provider) <= 1)
    };
    let longest = PROVIDERS.iter().map(|provider| provider.len()).max().unwrap_or_default();
    // The distance takes time by the square of the length; nothing longer can be near.
    if domain.len() > longest + 2 {
        return None;
    }
    PROVIDERS
        .into_iter()
        .filter(|provider| slips(provider) <= allowed(provider) && begins_alike(provider))
        .min_by_key(|provider| slips(provider))
}

fn name_of(domain: &str) -> &str {
    domain.split_once('.').map_or(domain, |(name, _)| name)
}
