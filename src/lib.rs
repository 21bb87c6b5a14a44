//! Heard: a safe way for children, families and advocates to be heard by the inspectors of SEND services.
#![forbid(unsafe_code)]

pub mod account;
pub mod app;
pub mod area;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod evidence;
pub mod html;
pub mod id;
pub mod jobs;
pub mod mail;
pub mod malware;
pub mod media;
pub mod review;
pub mod storage;
pub mod submission;
pub mod telemetry;
pub mod web;
pub mod words;
