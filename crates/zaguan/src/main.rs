//! The binary `zaguan`.

use std::process::ExitCode;
use zaguan::environment::Environment;

fn main() -> ExitCode {
    zaguan::command::run(std::env::args_os(), &Environment::of_process())
}
