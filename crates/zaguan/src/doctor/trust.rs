//! What to do about a certificate that another machine shows and that is not trusted.

/// The remedy for what the library says of a certificate; nothing where it speaks of something else. `url` is the key of
/// the configuration with its name, and `authorities` that with more authorities, where there is one.
pub(super) fn remedy(words: &str, url: &str, authorities: Option<&str>) -> Option<String> {
    let has = |part: &str| words.contains(part);
    if has("UnknownIssuer") || has("BadSignature") || has("CaUsedAsEndEntity") {
        let or = authorities.map(|key| format!(", or name its authority in {key}")).unwrap_or_default();
        Some(format!(
            "nobody that this machine trusts has signed its certificate; let a known authority sign it{or}"
        ))
    } else if has("not valid for name") || has("NotValidForName") {
        Some(format!(
            "its certificate is of another name; write that name into {url}, or get one for this name"
        ))
    } else if has("Expired") || has("certificate expired") {
        Some("its certificate has expired; renew it, unless this machine's clock is wrong".to_owned())
    } else if has("NotValidYet") || has("not valid yet") {
        Some("its certificate is not valid yet; wait, unless this machine's clock is wrong".to_owned())
    } else if has("invalid peer certificate") {
        Some("its certificate cannot be used; get another one".to_owned())
    } else {
        None
    }
}
