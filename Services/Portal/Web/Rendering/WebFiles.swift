/// The files under `Files/`, as the build embeds them: templates, styles, modules, texts. A test holds this list to the
/// folder.
enum WebFiles {
    /// By the name that pages and `{{> …}}` use.
    static let templates: [String: [UInt8]] = [
        "account": PackageResources.account_mustache,
        "account-identities": PackageResources.account_identities_mustache,
        "account-onward": PackageResources.account_onward_mustache,
        "account-security": PackageResources.account_security_mustache,
        "account-sessions": PackageResources.account_sessions_mustache,
        "audit": PackageResources.audit_mustache,
        "audit-plant": PackageResources.audit_plant_mustache,
        "block": PackageResources.block_mustache,
        "customer": PackageResources.customer_mustache,
        "customer-merge": PackageResources.customer_merge_mustache,
        "customer-profile": PackageResources.customer_profile_mustache,
        "customers": PackageResources.customers_mustache,
        "db-updates": PackageResources.db_updates_mustache,
        "db-updates-opening": PackageResources.db_updates_opening_mustache,
        "enrolment": PackageResources.enrolment_mustache,
        "farm": PackageResources.farm_mustache,
        "farm-alerts": PackageResources.farm_alerts_mustache,
        "farm-confirm": PackageResources.farm_confirm_mustache,
        "farms": PackageResources.farms_mustache,
        "fault": PackageResources.fault_mustache,
        "form": PackageResources.form_mustache,
        "inspection": PackageResources.inspection_mustache,
        "keys": PackageResources.keys_mustache,
        "layout": PackageResources.layout_mustache,
        "overview": PackageResources.overview_mustache,
        "page-links": PackageResources.page_links_mustache,
        "page-views": PackageResources.page_views_mustache,
        "people": PackageResources.people_mustache,
        "person": PackageResources.person_mustache,
        "plant-fault": PackageResources.plant_fault_mustache,
        "record-form": PackageResources.record_form_mustache,
        "recovery-codes": PackageResources.recovery_codes_mustache,
        "rotation-confirm": PackageResources.rotation_confirm_mustache,
        "second-factor": PackageResources.second_factor_mustache,
        "service-accounts": PackageResources.service_accounts_mustache,
        "service-secret": PackageResources.service_secret_mustache,
        "sign-in": PackageResources.sign_in_mustache,
        "skill": PackageResources.skill_mustache,
        "skills": PackageResources.skills_mustache,
        "statement-confirm": PackageResources.statement_confirm_mustache,
        "styleguide": PackageResources.styleguide_mustache,
        "work-form": PackageResources.work_form_mustache,
    ]

    /// What `/assets/` serves, by the file's own name.
    static let assets: [String: [UInt8]] = [
        "lockstep.svg": PackageResources.lockstep_svg,
        "portal.css": PackageResources.portal_css,
        "portal.js": PackageResources.portal_js,
    ]

    static let texts: [UInt8] = PackageResources.en_json
}
