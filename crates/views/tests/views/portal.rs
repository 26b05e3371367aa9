//! Views of an invented insurer, for the tests.

use zaguan_views::{Brand, Locale, Settings, Views};

/// An insurer about whom everything is known.
pub(crate) fn brand() -> Brand {
    Brand {
        support_phone: Some("0800-555-0199".to_owned()),
        support_email: Some("ayuda@seguros.example".to_owned()),
        support_hours: Some("lunes a viernes, de 9 a 18".to_owned()),
        legal_name: Some("Seguros del Zaguán S. A.".to_owned()),
        legal_address: Some("Calle Inventada 123, Rosario".to_owned()),
        ssn_number: Some("0999".to_owned()),
        ..Brand::named("Seguros del Zaguán")
    }
}

pub(crate) fn settings(locale: Locale) -> Settings {
    Settings {
        brand: brand(),
        locale,
        public_url: "https://portal.example".to_owned(),
        overrides: None,
        demo: false,
    }
}

pub(crate) fn views(locale: Locale) -> Views {
    Views::new(settings(locale)).unwrap()
}
