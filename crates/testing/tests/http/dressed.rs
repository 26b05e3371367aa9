//! What every answer of the portal wears, whatever it says.

use axum::http::HeaderMap;

/// What is missing of the headers that every answer wears; nothing when all is there.
pub(crate) fn missing(headers: &HeaderMap, https: bool) -> Vec<String> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut missing = Vec::new();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", if names_its_text(headers) { "no-cache" } else { "no-store" }),
        ("strict-transport-security", if https { "max-age=31536000" } else { "" }),
    ] {
        if header(name) != value || headers.get_all(name).iter().count() > 1 {
            missing.push(format!("{name}: {:?}", header(name)));
        }
    }
    for feature in ["camera", "geolocation", "microphone", "payment", "usb"] {
        if !header("permissions-policy").contains(&format!("{feature}=()")) {
            missing.push(format!("permissions-policy without {feature}"));
        }
    }
    missing.extend(policy(header("content-security-policy")));
    missing
}

/// Whether the answer may be kept, because it is the same for everybody: it has a name for what it says, and none for who
/// asked.
fn names_its_text(headers: &HeaderMap) -> bool {
    headers.contains_key("etag") && !headers.contains_key("set-cookie")
}

/// What a content security policy lets through that ours must not.
fn policy(policy: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    for wanted in ["default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"] {
        if !directives.contains(&wanted) {
            faults.push(format!("no {wanted} in {policy:?}"));
        }
    }
    let allowed = ["'none'", "'self'"];
    let sources = directives.iter().flat_map(|directive| directive.split_whitespace().skip(1));
    faults.extend(
        sources.filter(|source| !allowed.contains(source)).map(|source| format!("{source} in {policy:?}")),
    );
    faults
}

#[test]
fn an_answer_without_its_clothes_is_noticed() {
    let mut headers = HeaderMap::new();
    assert!(missing(&headers, false).len() >= 10);
    let inline = "default-src 'none'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
    headers.insert("content-security-policy", inline.parse().expect("a header"));
    assert!(missing(&headers, false).iter().any(|fault| fault.starts_with("'unsafe-inline'")));
    headers.insert("strict-transport-security", "max-age=31536000".parse().expect("a header"));
    assert!(missing(&headers, false).iter().any(|fault| fault.starts_with("strict")), "never without HTTPS");
}
