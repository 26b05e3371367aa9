//! `brand.*`: the insurer's name, colour, logo and help desk.

use super::fault::Advice;
use super::reader::Reader;
use super::value::{color, line};
use std::fs;
use std::path::Path;
use zaguan_domain::email::EmailAddress;
use zaguan_views::{Brand, Logo};

/// A file longer than this is not even read.
const FILE_BYTES_AT_MOST: u64 = 10 * 1024 * 1024;

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Brand> {
    let name = reader.parsed("brand.name", |text| line(text, 80));
    let color = reader.parsed("brand.color", color);
    let logo = reader.optional_path("brand.logo").map(|path| path.map(|path| logo(&path)).transpose());
    let support_phone = reader.optional("brand.support_phone", |text| line(text, 60));
    let support_email = reader.optional("brand.support_email", email);
    let support_hours = reader.optional("brand.support_hours", |text| line(text, 120));
    let legal_name = reader.optional("brand.legal_name", |text| line(text, 120));
    let legal_address = reader.optional("brand.legal_address", |text| line(text, 200));
    let ssn_number = reader.optional("brand.ssn_number", ssn_number);
    let policyholder_service = reader.optional("brand.policyholder_service", |text| line(text, 300));
    let logo = match logo? {
        Ok(logo) => logo,
        Err(advice) => {
            reader.refuse("brand.logo", advice);
            return None;
        }
    };
    Some(Brand {
        name: name?,
        color: color?,
        logo,
        support_phone: support_phone?,
        support_email: support_email?,
        support_hours: support_hours?,
        legal_name: legal_name?,
        legal_address: legal_address?,
        ssn_number: ssn_number?,
        policyholder_service: policyholder_service?,
    })
}

fn email(text: &str) -> Result<String, Advice> {
    match EmailAddress::read(text) {
        Ok(email) => Ok(email.as_str().to_owned()),
        Err(_) => Err(Advice::new("write an e-mail address, such as \"ayuda@portal.example\"")),
    }
}

fn ssn_number(text: &str) -> Result<String, Advice> {
    let text = text.trim();
    if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err(Advice::new("write four digits between quotes, such as \"0123\""))
    }
}

fn logo(path: &Path) -> Result<Logo, Advice> {
    let unreadable = |error| {
        Advice::new(format!("the file {} cannot be read ({error}); name an SVG or PNG file", path.display()))
    };
    if fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_AT_MOST {
        return Err(Advice::new(format!("the file {} is too long for a logo", path.display())));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    Logo::read(bytes).map_err(|refusal| Advice::new(format!("{}: {refusal}", path.display())))
}
