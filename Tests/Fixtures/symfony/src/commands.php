<?php

use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

#[Vendor\RemotisanRoles('*')]
class PrintCommand extends Command
{
    protected function configure(): void
    {
        $this->setName('app:print')->setDescription('Prints <info>what</info> it was given, as JSON')
            ->addArgument('first', InputArgument::REQUIRED, 'The first')
            ->addArgument('others', InputArgument::IS_ARRAY, 'All others')
            ->addOption('tag', 't', InputOption::VALUE_REQUIRED | InputOption::VALUE_IS_ARRAY, 'Tags')
            ->addOption('level', 'l', InputOption::VALUE_OPTIONAL, 'A level, or none', false)
            ->addOption('dry', 'd', InputOption::VALUE_NONE, 'Does nothing')
            ->addOption('colour', null, InputOption::VALUE_NEGATABLE, 'With colours');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $own = ['first', 'others', 'tag', 'level', 'dry', 'colour'];
        $values = array_intersect_key($input->getArguments() + $input->getOptions(), array_flip($own));
        ksort($values);
        $output->writeln(json_encode($values, JSON_UNESCAPED_SLASHES), OutputInterface::OUTPUT_RAW);
        return 0;
    }
}

class HiddenCommand extends Command
{
    protected function configure(): void
    {
        $this->setName('app:hidden')->setHidden(true);
    }
}

class PaintCommand extends Command
{
    protected function configure(): void
    {
        $this->setName('app:paint')->setDescription('Writes in colour')->setHelp('Shows a <comment>colour</comment>.');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $output->writeln('<info>green</info>' . ($input->isInteractive() ? ' asks' : ''));
        return 0;
    }
}

class LatinCommand extends Command
{
    protected function configure(): void
    {
        $this->setName('app:street')->setDescription("Stra\xdfe");
    }
}

function commands(): array
{
    $latin = getenv('CONSOLE_LATIN1') ? [new LatinCommand()] : [];
    return [...$latin, new PrintCommand(), new HiddenCommand(), new PaintCommand()];
}
