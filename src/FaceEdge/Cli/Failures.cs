using FaceEdge.Evaluation;
using FaceEdge.Hosting;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Cli;

/// <summary>What a verb can fail of, as one line on standard error and an exit code.</summary>
internal static class Failures
{
    /// <summary>Runs a verb.</summary>
    /// <returns>What it returns, or the code of its failure.</returns>
    public static async Task<int> TellAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("faceedge: interrupted");
            return ExitCodes.Interrupted;
        }
        catch (ConfigurationException e)
        {
            return Stop(ExitCodes.Configuration, "configuration", e);
        }
        catch (StorageException e)
        {
            return Stop(ExitCodes.Storage, "database", e);
        }
        catch (ModelException e)
        {
            return Stop(ExitCodes.Models, "models", e);
        }
        catch (DllNotFoundException e)
        {
            return Stop(ExitCodes.Models, "libraries", e);
        }
        catch (TypeInitializationException e) when (e.InnerException is DllNotFoundException)
        {
            return Stop(ExitCodes.Models, "libraries", e.InnerException);
        }
        catch (SourceException e)
        {
            return Stop(ExitCodes.Source, "source", e);
        }
        catch (EvaluationException e)
        {
            return Stop(ExitCodes.NoInput, "evaluate", e);
        }
    }

    /// <summary>Tells one failure.</summary>
    /// <returns>The code given.</returns>
    public static int Stop(int code, string what, Exception e)
    {
        Console.Error.WriteLine(Journal.Error($"faceedge: {what}: {e.Message.ReplaceLineEndings(" ")}"));
        return code;
    }
}
