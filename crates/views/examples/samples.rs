//! Writes every page and letter with every sample to files, to be looked at:
//! `cargo run -p zaguan-views --example samples -- DIR [LOCALE]`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use zaguan_views::{Brand, Locale, Settings, Views};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("say in which folder to write")?);
    let locale = arguments.next().map_or(Some(Locale::default()), |name| Locale::parse(&name));
    let brand = Brand {
        support_phone: Some("0800-555-0199".to_owned()),
        support_email: Some("ayuda@seguros.example".to_owned()),
        support_hours: Some("lunes a viernes, de 9 a 18".to_owned()),
        legal_name: Some("Seguros del Zaguán S. A.".to_owned()),
        legal_address: Some("Calle Inventada 123, Rosario".to_owned()),
        ssn_number: Some("0999".to_owned()),
        ..Brand::named("Seguros del Zaguán")
    };
    let settings = Settings {
        brand,
        locale: locale.ok_or("the locales are es-AR, es-AR-vos and en")?,
        public_url: "https://portal.example".to_owned(),
        overrides: None,
        demo: false,
    };
    let views = Views::new(settings)?;
    fs::create_dir_all(&folder)?;
    for asset in views.assets() {
        fs::write(folder.join(asset.path.trim_start_matches('/')), &asset.bytes)?;
    }
    for sample in views.samples()? {
        // Opened from a folder, a page finds its stylesheet and pictures beside it.
        let html = sample.html.replace("=\"/estilo-", "=\"estilo-").replace("=\"/poliza-", "=\"poliza-");
        let html = html
            .replace("=\"/icono-", "=\"icono-")
            .replace("=\"/registro/clave/estado", "=\"letter_status-3.html");
        fs::write(folder.join(format!("{}.html", sample.name)), html)?;
        if let Some(letter) = sample.letter {
            fs::write(
                folder.join(format!("{}.txt", sample.name)),
                format!("{}\n\n{}", letter.subject, letter.text),
            )?;
        }
    }
    Ok(())
}
