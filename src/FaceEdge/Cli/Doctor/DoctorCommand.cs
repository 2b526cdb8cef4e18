using System.CommandLine;
using System.Text.Json;
using FaceEdge.Hosting;

namespace FaceEdge.Cli.Doctor;

/// <summary><c>faceedge doctor</c>: one page that says what is wrong and what to do. It changes nothing, also beside a running daemon.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> Json = Options.Json("the findings");

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var doctor = new Command("doctor", "Say what is wrong with this installation and what to do about it. Changes nothing.");
        doctor.Add(Json);
        SettingArguments.Accept(doctor);
        doctor.SetAction((parsed, _) => Failures.TellAsync(() => RunAsync(SettingArguments.Of(parsed), parsed.GetValue(Json))));
        return doctor;
    }

    /// <summary>All findings, in the order of the page.</summary>
    /// <param name="read">Reads the settings.</param>
    internal static async Task<Diagnosis> ExamineAsync(Func<FaceEdgeOptions> read)
    {
        FaceEdgeOptions options;
        Finding configuration;
        try
        {
            options = read();
            configuration = Finding.Ok("configuration", File.Exists(OptionsLoader.SystemFile)
                ? $"{OptionsLoader.SystemFile} is valid"
                : $"valid; there is no {OptionsLoader.SystemFile}");
        }
        catch (ConfigurationException e)
        {
            options = OptionsLoader.Defaults();
            configuration = Finding.Fail("configuration", e.Message, "Correct it. What follows was looked up with the defaults.");
        }

        Finding[] findings =
        [
            configuration,
            Guarded("data folder", () => DataChecks.Folder(options.DataDirectory)),
            Guarded("disk", () => DataChecks.Disk(options.DataDirectory)),
            Guarded("database", () => DataChecks.Database(options.DataDirectory, options.Vision.Encoder)),
            Guarded("libraries", ModelChecks.Libraries),
            Guarded("telemetry", ModelChecks.Telemetry),
            Guarded("jpeg", ModelChecks.Jpeg),
            Guarded("models", () => ModelChecks.Models(options.ModelsDirectory)),
            Guarded("recognition", () => ModelChecks.Recognition(options)),
            Guarded("processor", MachineChecks.Cpu),
            Guarded("memory", MachineChecks.Memory),
            Guarded("clock", () => MachineChecks.Clock(options.DataDirectory, TimeProvider.System)),
            await AddressCheck.RunAsync(options.Urls),
            Guarded("service", () => ServiceChecks.Run(options)),
        ];
        return new Diagnosis(findings.Max(finding => finding.Verdict), Product.Version, findings);
    }

    /// <summary>A check that itself breaks is a finding, not the end of the page: that is when the page is needed most.</summary>
    private static Finding Guarded(string name, Func<Finding> check)
    {
        try
        {
            return check();
        }
        catch (Exception e)
        {
            return Finding.Fail(name, $"this could not be looked into: {(e.InnerException ?? e).Message}", "Install the package again: dpkg -i faceedge_*.deb");
        }
    }

    /// <summary>The page for people.</summary>
    internal static string Write(Diagnosis diagnosis)
    {
        var page = new StringWriter();
        foreach (Finding finding in diagnosis.Checks)
        {
            string verdict = finding.Verdict switch { Verdict.Ok => "ok", Verdict.Warn => "warn", _ => "FAIL" };
            page.WriteLine($"{verdict,-5} {finding.Name,-14} {finding.What.ReplaceLineEndings(" ")}");
            if (finding.Do is { } advice)
            {
                page.WriteLine($"{"",-20} -> {advice}");
            }
        }

        int failed = diagnosis.Checks.Count(finding => finding.Verdict is Verdict.Fail);
        int warned = diagnosis.Checks.Count(finding => finding.Verdict is Verdict.Warn);
        page.WriteLine($"{diagnosis.Checks.Count} checks: {failed} failed, {warned} to look at");
        return page.ToString();
    }

    private static async Task<int> RunAsync(string[] settings, bool json)
    {
        DataFolder.PreferService();
        Diagnosis diagnosis = await ExamineAsync(() => OptionsLoader.Load(settings));
        Console.Write(json ? JsonSerializer.Serialize(diagnosis, DoctorJson.Default.Diagnosis) + "\n" : Write(diagnosis));
        return diagnosis.Verdict is Verdict.Fail ? ExitCodes.Failed : ExitCodes.Ok;
    }
}
