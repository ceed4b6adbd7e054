/// The shipped files that an administrator installs. Written by scripts/embed-page.
package enum ShippedFiles {
    /// Contents by path, such as nginx/remotisan.location.conf.
    package static var files: [String: [UInt8]] {
        [
            "apache/mod_cgid.conf": PackageResources.mod_cgid_conf,
            "apache/mod_fcgid.conf": PackageResources.mod_fcgid_conf,
            "apache/mod_proxy_fcgi.conf": PackageResources.mod_proxy_fcgi_conf,
            "config/remotisan.yaml": PackageResources.remotisan_yaml,
            "config/run-as.conf": PackageResources.run_as_conf,
            "cron/remotisan": PackageResources.remotisan,
            "nginx/example-auth-basic.conf": PackageResources.example_auth_basic_conf,
            "nginx/example-auth-request.conf": PackageResources.example_auth_request_conf,
            "nginx/instances.conf": PackageResources.instances_conf,
            "nginx/remotisan.location.conf": PackageResources.remotisan_location_conf,
            "systemd/drop-ins/broker-as-web-server.conf": PackageResources.broker_as_web_server_conf,
            "systemd/drop-ins/keep-jobs.conf": PackageResources.keep_jobs_conf,
            "systemd/remotisan-broker.service": PackageResources.remotisan_broker_service,
            "systemd/remotisan-broker.timer": PackageResources.remotisan_broker_timer,
            "systemd/remotisan.service": PackageResources.remotisan_service,
            "systemd/remotisan.socket": PackageResources.remotisan_socket,
            "systemd/sysusers.conf": PackageResources.sysusers_conf,
            "systemd/tmpfiles.conf": PackageResources.tmpfiles_conf,
        ]
    }
}
