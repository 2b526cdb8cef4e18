using System.Net;

namespace FaceEdge.Cli.Doctor;

/// <summary>Whether the unit lets the daemon do what the settings say, and why its last start failed.</summary>
internal static class ServiceChecks
{
    private const string Name = "service";

    private const string Prefix = "FACEEDGE__";

    /// <summary>Asks systemd; nothing is wrong with a box on which the daemon is no service.</summary>
    public static Finding Run(FaceEdgeOptions options) => ServiceState.Ask() is not { IsInstalled: true } service
        ? Finding.Ok(Name, "faceedge.service is not installed here")
        : Judge(service, options, FirstOpenPort(), ServiceState.LastWords);

    /// <summary>The verdict on a service.</summary>
    /// <param name="service">What systemd says of it.</param>
    /// <param name="options">The settings; the unit's environment wins over them.</param>
    /// <param name="firstOpenPort">The first port that needs no privilege.</param>
    /// <param name="lastWords">What the daemon said last.</param>
    internal static Finding Judge(ServiceState service, FaceEdgeOptions options, int firstOpenPort, Func<string?> lastWords)
    {
        string urls = OfUnit(service, "Urls") ?? options.Urls;
        string folder = OfUnit(service, "DataDirectory") ?? options.DataDirectory;
        Uri[] addresses = [.. urls.Split(';').Select(Address).OfType<Uri>()];
        if (addresses.FirstOrDefault(address => address.Port > 0 && address.Port < firstOpenPort) is { } low
            && !service["AmbientCapabilities"].Contains("cap_net_bind_service", StringComparison.Ordinal))
        {
            return Finding.Fail(
                Name,
                $"Urls has port {low.Port}, and the service may not listen on ports under {firstOpenPort}",
                $"Set Urls to a port from 1024 on, or put a proxy before it. For every program of the box: sysctl net.ipv4.ip_unprivileged_port_start={low.Port}");
        }

        if (!MayWrite(service, folder))
        {
            return Finding.Fail(
                Name,
                $"DataDirectory is {folder}, where the service may not write",
                $"systemctl edit faceedge, and there: [Service] and ReadWritePaths={folder} (docs/operations.md, Data on another disk)");
        }

        if (addresses.FirstOrDefault(static address => !address.IsLoopback) is { } open && IsClosed(service))
        {
            return Finding.Warn(
                Name,
                $"Urls is open to the network ({open.GetLeftPart(UriPartial.Authority)}), but the unit still lets nobody through (IPAddressDeny=any)",
                "To open it: docs/operations.md, Open it to the local network (lan.conf). To keep it closed: set Urls to http://127.0.0.1:5000");
        }

        return Start(service, lastWords);
    }

    private static Finding Start(ServiceState service, Func<string?> lastWords)
    {
        string state = service["ActiveState"];
        bool failed = state == "failed" || (state == "activating" && service["SubState"] == "auto-restart");
        if (!failed)
        {
            return Finding.Ok(Name, $"faceedge.service is {state} ({service["SubState"]})");
        }

        string why = lastWords() ?? $"{service["Result"]}, exit status {service["ExecMainStatus"]}";
        return Finding.Fail(
            Name,
            $"the last start failed: {why}",
            state == "failed" ? "Mend that, then: systemctl restart faceedge" : "Mend that; it is tried again every two seconds. All it said: journalctl -u faceedge -n 50");
    }

    /// <summary>A setting that the unit or a drop-in gives, in the environment or on the command line.</summary>
    private static string? OfUnit(ServiceState service, string setting)
    {
        string[] command = service.List("ExecStart");
        int at = Array.IndexOf(command, "--" + setting);
        return at >= 0 && at + 1 < command.Length
            ? command[at + 1]
            : service.List("Environment")
                .Select(static entry => entry.Trim('"'))
                .LastOrDefault(entry => entry.StartsWith($"{Prefix}{setting}=", StringComparison.OrdinalIgnoreCase))?[(Prefix.Length + setting.Length + 1)..];
    }

    /// <summary>Nothing but the box itself is let through.</summary>
    private static bool IsClosed(ServiceState service) =>
        service.List("IPAddressDeny").Any(static range => range is "any" or "0.0.0.0/0")
        && service.List("IPAddressAllow").All(static range =>
            range is "localhost" || (System.Net.IPNetwork.TryParse(range, out System.Net.IPNetwork network) && IPAddress.IsLoopback(network.BaseAddress)));

    private static bool MayWrite(ServiceState service, string folder)
    {
        bool home = IsBelow(folder, "/home") || IsBelow(folder, "/root") || IsBelow(folder, "/run/user");
        if (home && service["ProtectHome"] is "yes" or "tmpfs" or "read-only" && !IsAmong("BindPaths"))
        {
            return false;
        }

        return service["ProtectSystem"] is not "strict"
            || service.List("StateDirectory").Any(state => IsBelow(folder, "/var/lib/" + state.Split(':')[0]))
            || IsAmong("ReadWritePaths") || IsAmong("BindPaths");

        bool IsAmong(string property) => service.List(property).Any(path => IsBelow(folder, path.TrimStart('-', '+').Split(':')[^1]));
    }

    private static bool IsBelow(string folder, string parent) =>
        parent.Length > 0 && (folder + "/").StartsWith(parent.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static Uri? Address(string url) =>
        !url.Contains("unix:", StringComparison.OrdinalIgnoreCase)
        && Uri.TryCreate(url.Trim().Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0"), UriKind.Absolute, out Uri? address)
            ? address
            : null;

    private static int FirstOpenPort() =>
        File.Exists("/proc/sys/net/ipv4/ip_unprivileged_port_start") && int.TryParse(File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start"), out int port) ? port : 1024;
}
