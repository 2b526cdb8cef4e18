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
        // System.CommandLine listens for signals only once the action has given its task back: a verb that works without a pause
        // would die of Ctrl-C and leave its temporary files.
        await Task.Yield();
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("faceedge: interrupted");
            return ExitCodes.Interrupted;
        }
        catch (UsageException e)
        {
            return Stop(ExitCodes.Usage, "usage", e);
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Stop(ExitCodes.Storage, "file", e);
        }
        catch (Exception e)
        {
            // Whoever reads it cannot use the call stack; the kind and the words of the exception are what a report of it needs.
            return Stop(ExitCodes.Defect, $"this is a defect of faceedge {Product.Version}, please report it: {e.GetType().Name}", e);
        }
    }

    /// <summary>Tells one failure.</summary>
    /// <returns>The code given.</returns>
    public static int Stop(int code, string what, Exception e)
    {
        try
        {
            Console.Error.WriteLine(Journal.Error($"faceedge: {what}: {e.Message.ReplaceLineEndings(" ")}"));
        }
        catch (IOException)
        {
            // Nobody to tell: standard error is full or closed. The exit code says it.
        }

        return code;
    }
}
